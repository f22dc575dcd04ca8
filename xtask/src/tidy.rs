//! Tidy
pub fn check() -> anyhow::Result<()> {
    Ok(())
}
pub fn run() -> anyhow::Result<std::process::ExitCode> {
    check().map(|()| std::process::ExitCode::SUCCESS)
}
