using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What its router does: it splits traffic, keeps to limits, and lets testers in.</summary>
public sealed partial class FakeTarget
{
    private RevisionId? _testers;

    /// <summary>What splits it can make; it refuses others. Default any, and users stay with their revision.</summary>
    public TrafficLimits Limits { get; set; } = new(1, int.MaxValue) { KeepsUsers = true };

    /// <summary>The revision that testers reach; null when they are users like all.</summary>
    public RevisionId? Testers
    {
        get
        {
            lock (_gate)
            {
                return _testers;
            }
        }
    }

    /// <inheritdoc/>
    Operation ISplitTraffic.Route(TrafficSplit split) => _verbs["route"].Of(Name, new FakeArguments(Split: split));

    /// <inheritdoc/>
    Operation IRouteTesters.RouteTesters(RevisionId revision, TrafficSplit users) => _verbs["testers"].Of(Name, new FakeArguments(Id: revision));

    /// <inheritdoc/>
    public IReadOnlyList<string> TesterCommands(RevisionId revision) => [$"fakectl {Name} open --as-tester {revision}"];

    private void Route(TrafficSplit split)
    {
        lock (_gate)
        {
            MustStand(split.Shares.Select(share => share.Key));
            MustBeWithinLimits(split);
            _traffic = split;
            GiveSlots();
            _splits.Add(split);
            EndMirrorIfMoot();
        }
    }

    private void LetTestersIn(FakeArguments arguments)
    {
        lock (_gate)
        {
            MustStand([arguments.Id!]);
            _testers = arguments.Id;
        }
    }

    private void MustStand(IEnumerable<RevisionId> revisions)
    {
        if (revisions.FirstOrDefault(revision => !_revisions.ContainsKey(revision.ToString())) is { } missing)
        {
            throw new DeploymentException($"{missing} doesn't stand on {Name} and can't take traffic.");
        }
    }

    private void MustBeWithinLimits(TrafficSplit split)
    {
        if (split.Shares.Count > Limits.MaxRevisions || split.Shares.Any(share => share.Value != 100 && share.Value % Limits.GranularityPercent != 0))
        {
            throw new DeploymentException($"{Name} can't split traffic as {split}: at most {Limits.MaxRevisions} revisions, in steps of {Limits.GranularityPercent}%.");
        }
    }
}
