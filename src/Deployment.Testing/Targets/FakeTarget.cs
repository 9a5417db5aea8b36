using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>
/// A target in memory with every capability, or those that a test gives it. It refuses what a real platform would refuse, keeps a
/// transcript of effects, and fails, waits or misbehaves where a test says so. Several pipelines may share it: it is the world outside.
/// </summary>
public sealed partial class FakeTarget : DeploymentTarget, IHostRevisions, ISplitTraffic, IUpdateInPlace, IReachRevisions, IRouteTesters, IReplaceInstances, IMirrorTraffic, IShowChanges
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeVerb> _verbs;
    private readonly SortedDictionary<string, Revision> _revisions = new(StringComparer.Ordinal);
    private TrafficSplit _traffic = TrafficSplit.None;

    /// <summary>Creates a target where nothing runs.</summary>
    /// <param name="name">The name.</param>
    /// <param name="capabilities">What it can do.</param>
    /// <param name="repeatability">How its effects may be repeated.</param>
    public FakeTarget(string name = "fake", FakeCapabilities capabilities = FakeCapabilities.All, Repeatability repeatability = Repeatability.Idempotent)
        : base(name)
    {
        Capabilities = capabilities;
        FakeVerb[] verbs =
        [
            new("install", repeatability, this, static a => a.Revision!.Id.ToString(), Install, a => _revisions.ContainsKey(a.Revision!.Id.ToString())),
            new("remove", repeatability, this, static a => a.Id!.ToString(), Remove, a => !_revisions.ContainsKey(a.Id!.ToString())),
            new("route", repeatability, this, static a => a.Split!.ToString(), a => Route(a.Split!), a => _traffic.Equals(a.Split)),
            new("testers", repeatability, this, static a => a.Id!.ToString(), LetTestersIn, a => _testers == a.Id),
            new("mirror", repeatability, this, static a => a.Mirror?.ToString() ?? "none", CopyTo, a => _mirror == a.Mirror),
            new("update", repeatability, this, static a => a.Revision!.Id.ToString(), Start, a => _traffic.ShareOf(a.Revision!.Id) == 100) { Begin = Stop },
            new("replace", repeatability, this, static a => $"{string.Join('+', a.Slots!)} {a.Revision!.Id}", Join, AreIn) { Begin = Leave },
            new("vacate", repeatability, this, static a => string.Join('+', a.Slots!), Join, AreIn) { Begin = Leave },
            new("clear", repeatability, this, static a => a.Id!.ToString(), Clear, a => _traffic.IsEmpty && !_revisions.ContainsKey(a.Id!.ToString())),
        ];
        _verbs = verbs.ToDictionary(verb => verb.Name, StringComparer.Ordinal);
        Verbs = verbs;
    }

    /// <summary>What it can do.</summary>
    public FakeCapabilities Capabilities { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites { get; } = [new Prerequisite("The program fakectl must be installed, and logged in:", ["fakectl login"])];

    /// <summary>What is there now.</summary>
    public Observation Now
    {
        get
        {
            lock (_gate)
            {
                return new Observation
                {
                    Target = Name,
                    Revisions = [.. _revisions.Values.Select(revision => new ObservedRevision(revision.Id, _slots.Count == 0 ? 1 : Math.Max(1, _slots.Of(revision.Id).Count), [AddressOf(revision.Id)]))],
                    Traffic = _traffic,
                    Slots = _slots,
                    Mirror = _mirror,
                    Problems = Problems,
                    Epochs = Epochs,
                };
            }
        }
    }

    /// <summary>Puts a revision there as if somebody had installed it by hand, with all traffic.</summary>
    public void Seed(Revision revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        lock (_gate)
        {
            _revisions[revision.Id.ToString()] = revision;
            _traffic = TrafficSplit.AllTo(revision.Id);
            GiveSlots();
        }
    }

    /// <inheritdoc/>
    public override T? Capability<T>(Observation seen)
        where T : class => Capabilities.HasFlag(FlagOf(typeof(T))) ? base.Capability<T>(seen) : null;

    /// <inheritdoc/>
    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Now);
    }

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact) => null;

    Task<TargetChanges> IShowChanges.ChangesAsync(Release release, CancellationToken cancellationToken) => Task.FromResult(Changes(release));

    private static FakeCapabilities FlagOf(Type capability) => capability.Name switch
    {
        nameof(IUpdateInPlace) => FakeCapabilities.UpdateInPlace,
        nameof(IHostRevisions) => FakeCapabilities.HostRevisions,
        nameof(ISplitTraffic) => FakeCapabilities.SplitTraffic,
        nameof(IReplaceInstances) => FakeCapabilities.ReplaceInstances,
        nameof(IReachRevisions) => FakeCapabilities.ReachRevisions,
        nameof(IRouteTesters) => FakeCapabilities.RouteTesters,
        nameof(IMirrorTraffic) => FakeCapabilities.MirrorTraffic,
        _ => FakeCapabilities.None,
    };
}
