using Deployment.Commands;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>A command that tells whether a migration was applied. What ends otherwise than it says, such as one that crashed, tells nothing.</summary>
/// <param name="Command">The command.</param>
/// <param name="NotApplied">The exit code that says that it was not applied; 0 says that it was.</param>
internal sealed record CommandProbe(Command Command, int NotApplied)
{
    /// <summary>With 1 and 2 most tools and shells end when they fail; from 126 on shells say that a program could not be run, or by which signal it ended.</summary>
    internal const int LeastNotApplied = 3;
    internal const int MostNotApplied = 125;

    /// <summary>Which exit codes answer, as a part of a sentence.</summary>
    internal string Answers => $"0 (it was applied) or {NotApplied} (it was not)";

    internal ProbeResult ResultOf(CommandResult answer) =>
        answer.ExitCode == 0 ? ProbeResult.TookEffect
        : answer.ExitCode == NotApplied ? ProbeResult.DidNotTakeEffect
        : ProbeResult.Unknown;

    public override string ToString() => Command.ToString();
}
