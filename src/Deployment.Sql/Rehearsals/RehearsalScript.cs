using Deployment.Migrations;

namespace Deployment.Sql.Rehearsals;

/// <summary>A script while it is rehearsed. Of several rounds the first one that says something counts.</summary>
internal sealed class RehearsalScript(Migration migration)
{
    private readonly List<RehearsalFinding> _findings = [];
    private TimeSpan? _appliedIn;
    private TimeSpan? _undoneIn;
    private string? _note;

    internal Migration Migration => migration;

    /// <summary>Whether there is an undo whose effect can be seen.</summary>
    internal bool HasUndo => migration.Undo is { Script: not null };

    /// <summary>Whether it is behind what is not undone: a script that can't be, or that stays.</summary>
    internal bool Stays => migration.IsRepeatable || migration.Undo is null or { IsImpossible: true };

    internal void Applied(TimeSpan time) => _appliedIn ??= time;

    internal void Undone(TimeSpan time) => _undoneIn ??= time;

    internal void Note(string note) => _note ??= note;

    internal void Find(RehearsalProblem problem, string text)
    {
        if (_findings.All(finding => finding.Problem != problem))
        {
            _findings.Add(new RehearsalFinding(problem, text));
        }
    }

    internal RehearsedScript Report() => new() { Id = migration.Id, Phase = migration.Phase, AppliedIn = _appliedIn, UndoneIn = _undoneIn, Note = _note, Findings = _findings };
}
