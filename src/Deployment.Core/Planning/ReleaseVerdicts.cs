using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>
/// What became of an application's releases, by digest: the fold of its ended runs in all environments. A release is judged by how its last
/// deployment ended, whatever the reason was, and by whether somebody went back from it after a success.
/// </summary>
internal sealed class ReleaseVerdicts
{
    private readonly Dictionary<(string Environment, string Digest), ReleaseVerdict> _verdicts = [];
    private readonly Dictionary<(string Environment, string Target, RevisionId Revision), string> _bringers = [];

    private ReleaseVerdicts()
    {
    }

    internal static ReleaseVerdicts None { get; } = new();

    /// <param name="runs">All runs of the store.</param>
    /// <param name="application">The application.</param>
    internal static ReleaseVerdicts Of(IEnumerable<RunRecord> runs, string application)
    {
        var verdicts = new ReleaseVerdicts();
        foreach (RunRecord run in runs.Where(run => run.Application == application && run.State == RunState.Ended && run.Digest is not null).OrderBy(run => run.EndedAt ?? run.CreatedAt))
        {
            verdicts.Add(run, run.Digest!);
        }

        return verdicts;
    }

    internal ReleaseVerdict? Of(string environment, string digest) => _verdicts.GetValueOrDefault((environment, digest));

    /// <summary>The run by which other artifacts with this version passed; null when none did.</summary>
    internal RunRecord? PassedOther(string environment, string version) => _verdicts
        .Where(verdict => verdict.Key.Environment == environment && verdict.Value.Passed?.Version == version)
        .Select(verdict => verdict.Value.Passed!)
        .MaxBy(run => run.Id, StringComparer.Ordinal);

    private void Add(RunRecord run, string digest)
    {
        if (IsTrial(run) && run.Outcome == DeploymentOutcome.Succeeded)
        {
            // Copies of requests were answered well. No user ever met it, so it has not passed.
            return;
        }

        foreach (RunTarget target in run.Targets)
        {
            if (target.Candidate is { } candidate)
            {
                _bringers[(run.Environment, target.Target, candidate)] = digest;
            }
        }

        ReleaseVerdict verdict = Of(run.Environment, digest) ?? new ReleaseVerdict { Last = run };
        _verdicts[(run.Environment, digest)] = (run.Kind, run.Outcome) switch
        {
            (RunKind.Deploy, DeploymentOutcome.Succeeded) => new ReleaseVerdict { Last = run, Passed = run.Hotfix is null ? run : null },
            (RunKind.Deploy, DeploymentOutcome.RolledBack or DeploymentOutcome.NeedsAttention) => new ReleaseVerdict { Last = run, RolledBack = run },
            (RunKind.Deploy, DeploymentOutcome.PartlySucceeded) => verdict with { Last = run, Passed = null },
            (RunKind.RollBack, DeploymentOutcome.Succeeded) => verdict with { Last = run, RolledBack = null },
            _ => verdict with { Last = run },
        };
        if (run is { Kind: RunKind.RollBack, Outcome: DeploymentOutcome.Succeeded })
        {
            LeaveBehind(run, digest);
        }
    }

    private static bool IsTrial(RunRecord run) => run.Targets.Any(target => target.Trial) && run.Targets.All(target => target.Trial || target.Candidate is null);

    /// <summary>What users were taken away from. Closing a flag takes them away from nothing.</summary>
    private void LeaveBehind(RunRecord run, string goal)
    {
        foreach (RunTarget target in run.Targets)
        {
            if (target.Previous is { } left && _bringers.GetValueOrDefault((run.Environment, target.Target, left)) is { } digest && digest != goal)
            {
                _verdicts[(run.Environment, digest)] = new ReleaseVerdict { Last = run, RolledBack = run };
            }
        }
    }
}
