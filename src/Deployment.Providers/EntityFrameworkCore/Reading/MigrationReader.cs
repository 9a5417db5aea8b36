using System.Reflection;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Running;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using EfMigration = Microsoft.EntityFrameworkCore.Migrations.Migration;
using Migration = Deployment.Migrations.Migration;

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>Makes of a context's migrations what runbooks have.</summary>
/// <param name="session">The context.</param>
/// <param name="options">The migrator's.</param>
/// <param name="applied">What the database has: the past is not judged.</param>
internal sealed class MigrationReader(EfSession session, EfMigratorOptions options, IReadOnlySet<string> applied)
{
    private readonly List<string> _problems = [];
    private readonly EfLint? _lint = session.IsPostgreSql ? new EfLint() : null;
    private EfMigration? _before;
    private string _beforeId = EfMigration.InitialDatabase;

    /// <summary>What is wrong with those that are to be applied, each a sentence.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    /// <summary>All that the assembly has, in order.</summary>
    internal IReadOnlyList<Migration> Read()
    {
        List<Migration> migrations = [];
        foreach ((string id, TypeInfo type) in session.Assembly.Migrations)
        {
            EfMigration migration = session.Assembly.CreateMigration(type, session.Provider);
            migrations.Add(Of(id, type, migration));
            (_before, _beforeId) = (migration, id);
        }

        return migrations;
    }

    private Migration Of(string id, TypeInfo type, EfMigration migration)
    {
        bool isApplied = applied.Contains(id);
        IReadOnlyList<MigrationOperation> operations = migration.UpOperations;
        var declared = type.GetCustomAttribute<MigrationPhaseAttribute>(inherit: false);
        (MigrationPhase phase, string? problem) = Phases.Of($"The migration '{id}' of {options.Name}", declared, operations);
        if (problem is not null && !isApplied)
        {
            _problems.Add(problem);
        }

        IReadOnlyList<MigrationCommand> commands = session.Generate(operations, migration.TargetModel);
        string script = EfScript.Write(id, commands);
        string? lost = phase == MigrationPhase.Contract ? Lost(declared, operations) : null;
        MigrationUndo? undo = UndoOf(id, migration, declared, lost);
        EfFindings found = _lint?.Check(id, phase, script, undo?.Script, lost) ?? EfFindings.None;
        if (problem is null && !isApplied)
        {
            _problems.AddRange(found.Problems);
        }

        return new Migration
        {
            Id = id,
            Phase = phase,
            Script = script,
            Checksum = EfScript.Checksum(script),
            Commands = ByHand(_beforeId, id, $"{id}.sql"),
            RunsInTransaction = commands.All(command => !command.TransactionSuppressed),
            Undo = undo ?? (isApplied ? MigrationUndo.Nothing("It was applied before.") : null),
            Verifications = [.. type.GetCustomAttributes<VerifyMigrationAttribute>(inherit: false).Select(verify => new MigrationVerification(verify.Query, verify.Expected))],
            VerificationCommands = [Command.Of("dotnet", "ef", "migrations", "list", "--context", session.ContextName).ToString()],
            DestroysData = lost,
            Notes =
            [
                .. commands.Any(command => command.TransactionSuppressed)
                    ? ["A part of it runs outside a transaction: when it stops in its midst nobody knows what of it was done, and a person decides."]
                    : Array.Empty<string>(),
                .. found.Notes,
            ],
        };
    }

    private static string? Lost(MigrationPhaseAttribute? declared, IReadOnlyList<MigrationOperation> operations)
    {
        string[] destroys = [.. operations.Where(operation => Operations.EffectOf(operation, operations) == OperationEffect.Destroys).Select(Operations.Words)];
        return (declared as ContractMigrationAttribute)?.DestroysData ?? (destroys.Length > 0 ? $"It {string.Join(", ", destroys)}." : null);
    }

    private MigrationUndo? UndoOf(string id, EfMigration migration, MigrationPhaseAttribute? declared, string? lost)
    {
        if (declared?.NothingToUndo is { } nothing)
        {
            return MigrationUndo.Nothing(nothing);
        }

        if ((declared as ContractMigrationAttribute)?.CannotBeUndone is { } reason)
        {
            return MigrationUndo.Impossible(reason);
        }

        IReadOnlyList<MigrationCommand> down = DownOf(migration);
        if (down.Count == 0)
        {
            // A Down that was left empty says nothing about what it would undo.
            return lost is not null ? MigrationUndo.Impossible(lost) : migration.UpOperations.Count == 0 ? MigrationUndo.Nothing("It changes nothing.") : null;
        }

        return new MigrationUndo
        {
            Script = EfScript.Write($"the Down of {id}", down),
            Commands = ByHand(id, _beforeId, $"{id}.undo.sql"),
            RunsInTransaction = down.All(command => !command.TransactionSuppressed),
        };
    }

    private IReadOnlyList<MigrationCommand> DownOf(EfMigration migration)
    {
        try
        {
            return session.Generate(migration.DownOperations, _before?.TargetModel);
        }
        catch (NotSupportedException)
        {
            // What EF Core throws where a migration has no Down.
            return [];
        }
    }

    private IReadOnlyList<string> ByHand(string from, string to, string file) =>
    [
        Command.Of("dotnet", "ef", "migrations", "script", from, to, "--context", session.ContextName, "--output", file).ToString(),
        .. options.ScriptCommand is { } run ? [run(file).ToString()] : Array.Empty<string>(),
    ];
}
