using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Reading;
using Deployment.Providers.EntityFrameworkCore.Running;
using Deployment.Runbooks;
using Deployment.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>
/// Runs the migrations of a context, each by itself: EF Core's own <c>MigrateAsync</c> goes through all up to a target, and a contract waits while later expands don't.
/// What runs is what the runbook has; EF Core's history is the record.
/// </summary>
internal sealed class EfMigrator<TContext> : IMigrator
    where TContext : DbContext
{
    private readonly Func<TContext> _create;
    private readonly EfMigratorOptions _options;
    private readonly EfRunner _runner;

    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    internal EfMigrator(Func<TContext> create, Action<EfMigratorOptions>? configure, Random? random = null)
    {
        var options = new EfMigratorOptions();
        configure?.Invoke(options);
        _options = options.Copy();
        string[] problems = [.. _options.Problems()];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException("The EF Core migrator", problems);
        }

        _create = create;
        _runner = new EfRunner(create, _options, random ?? new Random());
    }

    public string Name => _options.Name;

    public IReadOnlyList<Prerequisite> Prerequisites =>
        [new Prerequisite($"The EF Core tools must be installed, and the commands be typed in the folder of the project that makes {typeof(TContext).Name}.{(_options.ScriptCommand is null ? " The files that they write are run by the database's own client." : "")}", ["dotnet tool install --global dotnet-ef"])];

    public async Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using EfSession session = await OpenAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> applied = await session.AppliedAsync(cancellationToken).ConfigureAwait(false);
            var reader = new MigrationReader(session, _options, applied.ToHashSet(StringComparer.Ordinal));
            IReadOnlyList<Migration> known = reader.Read();
            var checksums = known.ToDictionary(migration => migration.Id, migration => migration.Checksum, StringComparer.Ordinal);
            return new MigrationsSeen
            {
                Known = known,
                // The history keeps no checksums: what it has counts as what the code has.
                Applied = [.. applied.Select(id => new AppliedMigration(id, checksums.GetValueOrDefault(id)))],
                Problems = [.. reader.Problems, .. OfAll(session, known)],
            };
        }
        catch (Exception error) when (error is DbException or RetryLimitExceededException)
        {
            throw new DeploymentException($"The database {Name} can't be looked at: {(error as RetryLimitExceededException)?.InnerException?.Message ?? error.Message}", error);
        }
    }

    public Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken) =>
        _runner.RunAsync(new EfChange(migration.Id, Applies: true, EfScript.Read(migration.Script)), context, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        await using EfSession session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await session.HasAsync(migration.Id, cancellationToken).ConfigureAwait(false))
        {
            return ProbeResult.TookEffect;
        }

        if (!migration.RunsInTransaction)
        {
            context.Report($"{Name} has no {migration.Id} in its history, and a part of it runs outside a transaction: look what of it was done.");
        }

        return migration.RunsInTransaction ? ProbeResult.DidNotTakeEffect : ProbeResult.Unknown;
    }

    public async Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        await using EfSession session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await session.HasAsync(migration.Id, cancellationToken).ConfigureAwait(false))
        {
            return $"{Name} has no {migration.Id} in its history.";
        }

        foreach (MigrationVerification verification in migration.Verifications)
        {
            if (await DisagreementAsync(session, verification, cancellationToken).ConfigureAwait(false) is { } problem)
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

        if (!migration.RunsInTransaction && await ProbeAsync(migration, context, cancellationToken).ConfigureAwait(false) == ProbeResult.Unknown)
        {
            throw new DeploymentException($"{migration.Id} is not in the history of {Name}, and a part of it runs outside a transaction: nobody knows what of it was done. Look, and take it back by hand, with what the runbook says.");
        }

        await _runner.RunAsync(new EfChange(migration.Id, Applies: false, undo.Script is { } script ? EfScript.Read(script) : []), context, cancellationToken).ConfigureAwait(false);
    }

    private Task<EfSession> OpenAsync(CancellationToken cancellationToken) => EfSession.OpenAsync(_create, _options, cancellationToken);

    private IEnumerable<string> OfAll(EfSession session, IReadOnlyList<Migration> known)
    {
        if (known.Count == 0)
        {
            yield return $"The assembly {session.Assembly.Assembly.GetName().Name} has no migrations of {session.ContextName}. Make one (dotnet ef migrations add), or name their assembly where the context is configured (MigrationsAssembly).";
        }
        else if (!_options.IgnoreModelChanges && session.HasModelChanges)
        {
            yield return $"The model of {session.ContextName} has changes that no migration of {Name} has. Make one (dotnet ef migrations add), or set IgnoreModelChanges.";
        }
    }

    private static async Task<string?> DisagreementAsync(EfSession session, MigrationVerification verification, CancellationToken cancellationToken)
    {
        try
        {
            // A query that changes something all the same is taken back.
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            string answer = Text(await session.AskAsync(verification.Query, cancellationToken).ConfigureAwait(false));
            return answer == verification.Expected ? null : $"'{verification.Query}' answers {answer}, where {verification.Expected} was expected.";
        }
        catch (DbException error)
        {
            return $"'{verification.Query}' can't be answered: {error.Message}";
        }
    }

    private static string Text(object? value) => value switch
    {
        null or DBNull => "",
        bool yes => yes ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
