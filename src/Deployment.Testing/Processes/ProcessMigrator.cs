using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A database as a simulated process reaches it.</summary>
internal sealed class ProcessMigrator(SimulatedProcess process, IMigrator inner) : IMigrator
{
    public string Name => inner.Name;

    public IReadOnlyList<Prerequisite> Prerequisites => inner.Prerequisites;

    public Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken)
    {
        process.EnsureAlive();
        return inner.ObserveAsync(cancellationToken);
    }

    public Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken) =>
        ChangeAsync($"applying '{migration.Id}'", () => inner.ApplyAsync(migration, context, cancellationToken));

    public Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        process.EnsureAlive();
        return inner.ProbeAsync(migration, context, cancellationToken);
    }

    public Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        process.EnsureAlive();
        return inner.VerifyAsync(migration, context, cancellationToken);
    }

    public Task UndoAsync(Migration migration, EffectContext context, CancellationToken cancellationToken) =>
        ChangeAsync($"undoing '{migration.Id}'", () => inner.UndoAsync(migration, context, cancellationToken));

    private async Task ChangeAsync(string what, Func<Task> change)
    {
        process.Point($"before {what}");
        await change();
        process.Point($"after {what}");
    }
}
