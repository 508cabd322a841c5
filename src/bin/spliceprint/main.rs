//! scratch
fn main() {
    for p in std::env::args().skip(1) {
    let a = match spliceprint::analysis::analyze(&spliceprint::decode::Input::Path(p.clone().into()), &Default::default(), &mut |_, _| ()) { Ok(a) => a, Err(e) => { println!("{p}: ERR {e}"); continue } };
    println!("{p} {:.1}s {} {} points {}", a.features.duration_s, a.stream.codec, a.stream.sample_rate_hz, a.edit_points.len());
    let mut top: Vec<_> = a.features.joints.examined.iter().collect();
    top.sort_by(|x,y| y.score().total_cmp(&x.score()));
    for j in top.iter().take(1) { println!("   J {:.3} {:.2} scan {:.1} f {:.1} b {:.1} imp {} step {:.4}", j.frame as f64/a.stream.sample_rate_hz as f64, j.score(), j.scan_score, j.forward, j.backward, j.impulse, j.step); }
    for o in &a.outcomes { if let spliceprint::analysis::Outcome::Examined(s) = o { for f in &s.findings {
        println!("   {} {} t {:.3} [{:.3},{:.3}] score {:.2} {}", if f.joint {"JOINT"} else {"desc"}, s.descriptor.id, f.time_s, f.span.start_s, f.span.end_s, f.score, f.evidence.iter().map(|e| format!("{}={:.4}", e.name, e.value)).collect::<Vec<_>>().join(" ")); } } }
    }
}
