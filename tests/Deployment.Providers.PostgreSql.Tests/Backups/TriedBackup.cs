using Deployment.Providers.PostgreSql.Backups;

namespace Deployment.Providers.PostgreSql.Tests.Backups;

/// <summary>A backup whose safeguards a test turns off, and into which it steps.</summary>
internal sealed class TriedBackup(string address, PostgreSqlBackupOptions options) : PostgreSqlBackup(address, options)
{
    internal bool IsOfOneSnapshot { get; init; } = true;

    internal Func<string, Task> Dumped { get; init; } = _ => Task.CompletedTask;

    internal Func<Task> SnapshotTaken { get; init; } = () => Task.CompletedTask;

    internal Func<string, Task> ScratchMade { get; init; } = _ => Task.CompletedTask;

    protected override bool SharesSnapshot => IsOfOneSnapshot;

    protected override Task DumpedAsync(string file, CancellationToken cancellationToken) => Dumped(file);

    protected override Task SnapshotTakenAsync() => SnapshotTaken();

    protected override Task ScratchMadeAsync(string name) => ScratchMade(name);
}
