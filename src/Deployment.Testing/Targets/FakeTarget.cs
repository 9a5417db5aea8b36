using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>
/// A target in memory with every capability, or those that a test gives it. It refuses what a real platform would refuse, keeps a
/// transcript of effects, and fails, waits or misbehaves where a test says so. Several pipelines may share it: it is the world outside.
/// </summary>
public sealed partial class FakeTarget : DeploymentTarget, IHostRevisions, ISplitTraffic, IUpdateInPlace, IReachRevisions, IRouteTesters, IReplaceInstances, IMirrorTraffic
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeVerb> _verbs;
    private readonly SortedDictionary<string, Revision> _revisions = new(StringComparer.Ordinal);
    private readonly List<FakeEffect> _effects = [];
    private readonly List<TrafficSplit> _splits = [];
    private readonly List<string> _cuts = [];
    private TrafficSplit _traffic = TrafficSplit.None;
    private long _epoch;
    private int _begun;

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
            new("update", repeatability, this, static a => a.Revision!.Id.ToString(), Update, a => _traffic.ShareOf(a.Revision!.Id) == 100),
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

    /// <summary>What splits it can make; it refuses others. Default any, and users stay with their revision.</summary>
    public TrafficLimits Limits { get; set; } = new(1, int.MaxValue) { KeepsUsers = true };

    /// <summary>Called before each effect takes place; it may throw or wait.</summary>
    public Func<FakeEffect, CancellationToken, Task>? Before { get; set; }

    /// <summary>Called after each effect took place; when it throws, the effect happened all the same.</summary>
    public Func<FakeEffect, CancellationToken, Task>? After { get; set; }

    /// <summary>What makes a deployment here impossible, as its observation says.</summary>
    public IReadOnlyList<string> Problems { get; set; } = [];

    /// <summary>The effects that took place, in order, as text.</summary>
    public IReadOnlyList<string> Transcript
    {
        get
        {
            lock (_gate)
            {
                return [.. _effects.Select(effect => effect.Text)];
            }
        }
    }

    /// <summary>Every traffic split that there ever was, in order.</summary>
    public IReadOnlyList<TrafficSplit> Splits
    {
        get
        {
            lock (_gate)
            {
                return [.. _splits];
            }
        }
    }

    /// <summary>
    /// What broke off requests in flight, in order, such as <c>update cut shop_1.0.0_1</c>. Whatever takes traffic has requests in flight;
    /// <c>route</c> lets them finish on a revision that loses its share, and what stops a revision before that cuts them.
    /// </summary>
    public IReadOnlyList<string> Cuts
    {
        get
        {
            lock (_gate)
            {
                return [.. _cuts];
            }
        }
    }

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
                };
            }
        }
    }

    /// <summary>Fails the effect with this number before it takes place.</summary>
    public void FailAt(int number, string message = "The fake was told to fail.") => Hook(effect => effect.Number == number, _ => throw new DeploymentException(message));

    /// <summary>Fails each effect of a verb before it takes place.</summary>
    public void FailOn(string verb, string message = "The fake was told to fail.") => Hook(effect => effect.Verb == verb, _ => throw new DeploymentException(message));

    /// <summary>Lets the effect with this number take a while.</summary>
    public void DelayAt(int number, TimeSpan delay, TimeProvider time) => Hook(effect => effect.Number == number, cancellationToken => Task.Delay(delay, time, cancellationToken));

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

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _verbs["install"].Of(Name, new FakeArguments(Revision: revision));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _verbs["remove"].Of(Name, new FakeArguments(Id: revision));

    /// <inheritdoc/>
    Operation ISplitTraffic.Route(TrafficSplit split) => _verbs["route"].Of(Name, new FakeArguments(Split: split));

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _verbs["update"].Of(Name, new FakeArguments(Revision: revision));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _verbs["clear"].Of(Name, new FakeArguments(Id: installed));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Uri>>(Now.Stands(revision)
            ? [AddressOf(revision)]
            : throw new DeploymentException($"{revision} doesn't stand on {Name}."));

    /// <inheritdoc/>
    public string AddressLookup(RevisionId revision) => $"ADDRESS=$(fakectl {Name} address {revision})";

    internal FakeEffect Begin(string verb, string text, long epoch)
    {
        lock (_gate)
        {
            if (epoch < _epoch)
            {
                throw new DeploymentException($"{Name} has seen epoch {_epoch} and refuses {epoch}.");
            }

            _epoch = epoch;
            return new FakeEffect(++_begun, verb, text);
        }
    }

    internal Task BeforeAsync(FakeEffect effect, CancellationToken cancellationToken) => Before?.Invoke(effect, cancellationToken) ?? Task.CompletedTask;

    internal Task AfterAsync(FakeEffect effect, CancellationToken cancellationToken) => After?.Invoke(effect, cancellationToken) ?? Task.CompletedTask;

    internal void Done(FakeEffect effect)
    {
        lock (_gate)
        {
            _effects.Add(effect);
        }
    }

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

    private static Uri AddressOf(RevisionId revision) => new($"http://{revision.Application}.invalid/{Uri.EscapeDataString(revision.ToString())}");

    private void Hook(Func<FakeEffect, bool> applies, Func<CancellationToken, Task> then)
    {
        Func<FakeEffect, CancellationToken, Task>? before = Before;
        Before = async (effect, cancellationToken) =>
        {
            if (before is not null)
            {
                await before(effect, cancellationToken);
            }

            if (applies(effect))
            {
                await then(cancellationToken);
            }
        };
    }

    private void Install(FakeArguments arguments)
    {
        lock (_gate)
        {
            _revisions[arguments.Revision!.Id.ToString()] = arguments.Revision;
        }
    }

    private void Remove(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (_traffic.ShareOf(arguments.Id!) > 0)
            {
                throw new DeploymentException($"{arguments.Id} takes traffic and can't be removed from {Name}.");
            }

            _revisions.Remove(arguments.Id!.ToString());
            _testers = _testers == arguments.Id ? null : _testers;
            EndMirrorIfMoot();
        }
    }

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

    private void Update(FakeArguments arguments)
    {
        lock (_gate)
        {
            CutAllBut(arguments.Revision!.Id, "update");
            if (_traffic.Shares is [{ Key: { } live }, ..])
            {
                _revisions.Remove(live.ToString());
            }

            _revisions[arguments.Revision.Id.ToString()] = arguments.Revision;
            _traffic = TrafficSplit.AllTo(arguments.Revision.Id);
            GiveSlots();
            _splits.Add(_traffic);
            EndMirrorIfMoot();
        }
    }

    private void Clear(FakeArguments arguments)
    {
        lock (_gate)
        {
            CutAllBut(null, "clear");
            _traffic = TrafficSplit.None;
            GiveSlots();
            _splits.Add(_traffic);
            EndMirrorIfMoot();
            _revisions.Remove(arguments.Id!.ToString());
            EndMirrorIfMoot();
        }
    }

    /// <summary>An update that is repeated finds its own revision serving, and leaves it alone.</summary>
    private void CutAllBut(RevisionId? kept, string verb) =>
        _cuts.AddRange(_traffic.Shares.Select(share => share.Key).Where(revision => revision != kept).Select(revision => $"{verb} cut {revision}"));
}
