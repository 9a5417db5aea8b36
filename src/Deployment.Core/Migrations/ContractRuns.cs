using System.Globalization;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Migrations;

/// <summary>The runs that take out of schemas what only older releases need, by their ids: DEPLOYMENT-contract-NUMBER.</summary>
internal static class ContractRuns
{
    private const string Mark = "-contract-";

    /// <summary>The run that carries out what a deployment left, when it is due.</summary>
    /// <param name="ended">The deployment.</param>
    /// <param name="contract">What it left.</param>
    /// <param name="number">Which of its contracts that is, counted from 1.</param>
    internal static RunRecord Scheduled(RunRecord ended, PlannedContract contract, int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{ended.Id}{Mark}{number}"),
        Kind = RunKind.Contract,
        Pipeline = ended.Pipeline,
        Environment = ended.Environment,
        Application = ended.Application,
        Version = contract.Version,
        // A deployment in between would be planned for a schema that changes under it.
        Targets = [new RunTarget(contract.Database), .. contract.Targets.Select(target => new RunTarget(target) { LeftAlone = true })],
        State = RunState.Scheduled,
        CreatedAt = ended.EndedAt!.Value,
        DueAt = ended.EndedAt!.Value + contract.After,
    };

    /// <summary>The deployment that left it.</summary>
    internal static string DeploymentOf(RunRecord contract) => contract.Id[..contract.Id.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>Which of the deployment's contracts it is, counted from 0; one that is tried again is the same.</summary>
    internal static int IndexOf(RunRecord contract)
    {
        string number = contract.Id[(contract.Id.LastIndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Split('-')[0];
        return int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) - 1;
    }

    /// <summary>Whether going back leaves a release live that needs what the contract would take away.</summary>
    internal static bool IsOverBy(RunRecord contract, RunRecord goneBack) =>
        goneBack.Kind == RunKind.RollBack && goneBack.Targets.Any(target => target is { LeftAlone: false, Candidate: { } now }
            && contract.Targets.Any(own => own.Target == target.Target)
            && (SemanticVersion.IsOlder(now.Version, contract.Version!) || (target.Previous?.Version == contract.Version && now.Version != contract.Version)));

    /// <summary>Why a version can't be brought any more; null when it can.</summary>
    /// <param name="contracted">All contracts that were carried out.</param>
    /// <param name="version">The version.</param>
    internal static string? Refusal(IEnumerable<RunRecord> contracted, string version) =>
        contracted.LastOrDefault(contract => SemanticVersion.IsOlder(version, contract.Version!)) is { } gone
            ? $"Version {version} needs what run {gone.Id} took out of {gone.Targets[0].Target} at {gone.EndedAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC: the schema serves {gone.Version} and newer. Supersede what is live by a newer release."
            : null;
}
