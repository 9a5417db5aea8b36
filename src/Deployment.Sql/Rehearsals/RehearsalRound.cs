using System.Data.Common;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Sql.Rehearsals;

/// <summary>Applies scripts to a fresh database and takes them back, the last one first, as long as each gives back what was there.</summary>
internal sealed class RehearsalRound(SqlMigrator migrator, SqlScratch scratch, IReadOnlyList<string> own, EffectContext context)
{
    private const string FirstRun = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly List<RehearsalState> _before = [];

    /// <summary>Applies them; gives how many were.</summary>
    internal async Task<int> ApplyAsync(IReadOnlyList<RehearsalScript> scripts, CancellationToken cancellationToken)
    {
        foreach (RehearsalScript script in scripts)
        {
            _before.Add(await StateAsync(cancellationToken).ConfigureAwait(false));
            context.Report($"Applying {script.Migration.Id}.");
            long begin = context.TimeProvider.GetTimestamp();
            // A repeatable script runs whenever its checksum is another one: the second time with its own.
            Migration first = script.Migration.IsRepeatable ? script.Migration with { Checksum = FirstRun } : script.Migration;
            if (await FailureAsync(() => migrator.ApplyAsync(first, context, cancellationToken)).ConfigureAwait(false) is { } failure)
            {
                script.Find(RehearsalProblem.ApplyFailed, failure);
                return _before.Count - 1;
            }

            script.Applied(context.TimeProvider.GetElapsedTime(begin));
            if (script.Migration.IsRepeatable && !await RepeatAsync(script, cancellationToken).ConfigureAwait(false))
            {
                return _before.Count - 1;
            }

            if (await migrator.VerifyAsync(script.Migration, context, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                script.Find(RehearsalProblem.NotVerified, problem);
            }
        }

        return scripts.Count;
    }

    /// <summary>Takes them back until one doesn't give back what was there, or stays; gives its place, or -1 where all were taken back.</summary>
    internal async Task<int> UndoAsync(IReadOnlyList<RehearsalScript> scripts, CancellationToken cancellationToken)
    {
        for (int i = scripts.Count - 1; i >= 0; i--)
        {
            RehearsalScript script = scripts[i];
            if (script.Stays)
            {
                script.Note(script.Migration.IsRepeatable ? "It stays when a release goes back." : $"It can't be undone: {script.Migration.Undo?.Reason ?? "it has no undo."}");
                return i;
            }

            if (!await UndoAsync(script, _before[i], cancellationToken).ConfigureAwait(false))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whoever went back deploys again.</summary>
    internal async Task ApplyAgainAsync(IEnumerable<RehearsalScript> scripts, CancellationToken cancellationToken)
    {
        foreach (RehearsalScript script in scripts)
        {
            if (await FailureAsync(() => migrator.ApplyAsync(script.Migration, context, cancellationToken)).ConfigureAwait(false) is { } failure)
            {
                script.Find(RehearsalProblem.NotRepeatable, $"It can't be applied again after its undo: {failure}");
                return;
            }
        }
    }

    private async Task<bool> RepeatAsync(RehearsalScript script, CancellationToken cancellationToken)
    {
        RehearsalState once = await StateAsync(cancellationToken).ConfigureAwait(false);
        if (await FailureAsync(() => migrator.ApplyAsync(script.Migration, context, cancellationToken)).ConfigureAwait(false) is { } failure)
        {
            script.Find(RehearsalProblem.NotRepeatable, failure);
            return false;
        }

        RehearsalState twice = await StateAsync(cancellationToken).ConfigureAwait(false);
        string difference = string.Join('\n', [once.SchemaDifference(twice), .. once.RowDifferences(twice)]).Trim();
        if (difference.Length > 0)
        {
            script.Find(RehearsalProblem.NotRepeatable, $"The second time it changes something:\n{difference}");
        }

        return true;
    }

    private async Task<bool> UndoAsync(RehearsalScript script, RehearsalState before, CancellationToken cancellationToken)
    {
        context.Report($"Undoing {script.Migration.Id}.");
        long begin = context.TimeProvider.GetTimestamp();
        if (await FailureAsync(() => migrator.UndoAsync(script.Migration, context, cancellationToken)).ConfigureAwait(false) is { } failure)
        {
            script.Find(RehearsalProblem.UndoFailed, failure);
            return false;
        }

        if (!script.HasUndo)
        {
            script.Note($"There is nothing to undo: {script.Migration.Undo!.Reason}");
            return true;
        }

        script.Undone(context.TimeProvider.GetElapsedTime(begin));
        RehearsalState after = await StateAsync(cancellationToken).ConfigureAwait(false);
        string schema = before.SchemaDifference(after);
        IReadOnlyList<string> rows = before.RowDifferences(after);
        if (schema.Length > 0)
        {
            script.Find(RehearsalProblem.SchemaNotGivenBack, $"before, and after the undo:\n{schema}");
        }

        if (rows.Count > 0 && script.Migration.DestroysData is { } declared)
        {
            script.Note($"Its undo doesn't give rows back, as it declares: {declared}");
        }
        else if (rows.Count > 0)
        {
            script.Find(RehearsalProblem.RowsNotGivenBack, string.Join('\n', rows));
        }

        return schema.Length == 0 && rows.Count == 0;
    }

    private async Task<RehearsalState> StateAsync(CancellationToken cancellationToken) => new(
        await scratch.SchemaAsync(own, cancellationToken).ConfigureAwait(false),
        await scratch.RowsAsync(own, cancellationToken).ConfigureAwait(false));

    private static async Task<string?> FailureAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is DeploymentException or DbException)
        {
            return error.Message;
        }
    }
}
