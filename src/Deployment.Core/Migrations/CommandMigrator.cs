using Deployment.Commands;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>
/// Migrates a database by commands, each an argument list that no shell reads. A runbook has their lines; secrets are the host's, so what runs is looked up by its id, and refused when it is another line by then.
/// </summary>
internal sealed class CommandMigrator(string name, IReadOnlyList<CommandMigration> migrations) : IMigrator, IAskByCommand
{
    private const int LongestOutput = 4096;

    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);
    private readonly Migration[] _known = [.. migrations.Select(migration => migration.ToMigration())];

    public ICommandRunner Commands { get; set; } = new CommandRunner(TimeProvider.System);

    public string Name => name;

    public IReadOnlyList<Prerequisite> Prerequisites =>
        [new Prerequisite($"What migrates {name} must be installed here: {string.Join(", ", migrations.SelectMany(migration => migration.Programs).Distinct(StringComparer.Ordinal))}.", [])];

    public async Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken)
    {
        List<AppliedMigration> applied = [];
        foreach ((CommandMigration migration, Migration known) in migrations.Zip(_known))
        {
            if (migration.Probe is { } probe)
            {
                CommandResult answer = await Commands.RunAsync(Look(probe.Command), null, cancellationToken);
                switch (probe.ResultOf(answer))
                {
                    case ProbeResult.TookEffect:
                        applied.Add(new AppliedMigration(migration.Id, known.Checksum));
                        break;
                    case ProbeResult.Unknown:
                        throw new DeploymentException($"Whether {name} has {Naming.Printable(migration.Id)} can't be told: `{probe}` ended with exit code {answer.ExitCode}, where {probe.Answers} was expected. {Tail(answer)}".TrimEnd());
                }
            }
        }

        return new MigrationsSeen { Known = _known, Applied = applied };
    }

    public async Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        CommandMigration declared = Find(migration, migration.Script, one => one.Command);
        switch (await ProbeAsync(declared, context, cancellationToken))
        {
            case ProbeResult.TookEffect:
                context.Report($"{migration.Id} was applied already.");
                break;
            case ProbeResult.Unknown when declared.Probe is { } probe:
                throw new DeploymentException($"`{probe}` can't tell whether {name} has {migration.Id}, so it is not applied. It must end with exit code {probe.Answers}.");
            default:
                await RunAsync(declared.Command, context, cancellationToken);
                break;
        }
    }

    public Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken) => ProbeAsync(Find(migration), context, cancellationToken);

    public async Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        CommandMigration declared = Find(migration);
        if (declared.Probe is { } probe && await ProbeAsync(declared, context, cancellationToken) is var found && found != ProbeResult.TookEffect)
        {
            return found == ProbeResult.DidNotTakeEffect
                ? $"`{probe}` says that {name} has no {migration.Id}."
                : $"`{probe}` can't tell whether {name} has {migration.Id}. It must end with exit code {probe.Answers}.";
        }

        foreach (CommandVerification verification in declared.Verifications)
        {
            if (verification.Disagreement(await context.Commands.RunAsync(verification.Command, null, cancellationToken)) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    public async Task UndoAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        if (migration.Undo is not { IsImpossible: false } undo)
        {
            throw new DeploymentException($"{migration.Id} can't be undone: {migration.Undo?.Reason ?? "it has no undo."}");
        }

        if (undo.Script is { } line)
        {
            await RunAsync(Find(migration, line, one => one.UndoCommand).UndoCommand!, context, cancellationToken);
        }
    }

    private static async Task RunAsync(Command command, EffectContext context, CancellationToken cancellationToken)
    {
        CommandResult result = await context.Commands.RunAsync(command, new CommandObserver { Line = context.Report }, cancellationToken);
        context.Record("output", Tail(result));
        result.EnsureSuccess(command);
    }

    private static async Task<ProbeResult> ProbeAsync(CommandMigration declared, EffectContext context, CancellationToken cancellationToken) =>
        declared.Probe is { } probe ? probe.ResultOf(await context.Commands.RunAsync(Look(probe.Command), null, cancellationToken)) : ProbeResult.Unknown;

    private static Command Look(Command probe) => probe.Timeout is null ? probe with { Timeout = LongestLook } : probe;

    /// <summary>Standard error last, as the reason of a failure stands there. The journal isn't the place for a log.</summary>
    private static string Tail(CommandResult result)
    {
        string text = (result.Output.TrimEnd() + "\n" + result.Error.TrimEnd()).Trim();
        return text.Length > LongestOutput ? text[^LongestOutput..] : text;
    }

    private CommandMigration Find(Migration migration, string planned, Func<CommandMigration, Command?> command)
    {
        CommandMigration declared = Find(migration);
        string? now = command(declared)?.ToString();
        return now == planned
            ? declared
            : throw new DeploymentException($"The migration '{migration.Id}' of {name} is another one in this build of the pipeline: planned was `{planned}`, and it would run `{now ?? "nothing"}`. Plan again.");
    }

    private CommandMigration Find(Migration migration) =>
        migrations.FirstOrDefault(one => one.Id == migration.Id) ?? throw new DeploymentException($"This build of the pipeline has no migration '{migration.Id}' of {name}. It has: {string.Join(", ", migrations.Select(one => one.Id))}.");
}
