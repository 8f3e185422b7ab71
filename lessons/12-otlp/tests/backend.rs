//! A real database, asked for what the lesson sent: `just test-backends`.

use shared::testing::Backend;

#[test]
fn a_database_without_metrics_finds_nothing() {
    let backend = Backend::victoria_metrics();
    assert!(backend.query("api_chamadas_total").is_empty());
}
