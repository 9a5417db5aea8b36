using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>What a strategy knows about the target that it plans.</summary>
public sealed class StrategyContext
{
    private readonly DeploymentTarget _target;
    private readonly List<string> _errors;
    private readonly string _strategy;
    private StrategyContext? _outer;

    internal StrategyContext(string strategy, DeploymentTarget target, Observation observation, Revision candidate, List<string> errors)
    {
        _strategy = strategy;
        _target = target;
        _errors = errors;
        Observation = observation;
        Candidate = candidate;
    }

    /// <summary>The target's name.</summary>
    public string Target => _target.Name;

    /// <summary>
    /// Why the run is made. Where it is <see cref="RunKind.RollBack"/> users wait for the old release: a strategy brings it without
    /// testing it in shares, waiting, or asking a person.
    /// </summary>
    public RunKind Kind { get; internal init; }

    /// <summary>
    /// Whether it is an emergency: a strategy leaves out what takes time and can be done without, and names it (<see cref="RunbookBuilder.LeaveOut"/>).
    /// Waits are made shorter without it.
    /// </summary>
    public bool IsHotfix { get; internal init; }

    /// <summary>What was seen there.</summary>
    public Observation Observation { get; }

    /// <summary>The revision to bring. When it stands already (going back to it), installing it again is not needed.</summary>
    public Revision Candidate { get; }

    /// <summary>Whether the candidate stands on the target already.</summary>
    public bool CandidateStands => Observation.Stands(Candidate.Id);

    /// <summary>The revision that takes most of the traffic; null when there is none. See <see cref="Current"/> for what it is made of.</summary>
    public RevisionId? Live => Observation.Live();

    /// <summary>The live revision with its release; null when there is none, or when history doesn't know what it was made of.</summary>
    public Revision? Current { get; internal init; }

    internal IReadOnlyDictionary<RevisionId, Release> Releases { get; init; } = new Dictionary<RevisionId, Release>();

    internal Revision? NextBaseline { get; init; }

    internal IEnumerable<(DeploymentTarget Target, Observation Seen)> Others { get; init; } = [];

    internal Revision? TakenBaseline { get; private set; }

    /// <summary>
    /// A revision of the live release with the role <see cref="RevisionRole.Baseline"/> and an attempt that was never used, to install and compare
    /// the candidate with; null where <see cref="Current"/> is. The plan bears it from then on, so take it only to use it.
    /// </summary>
    public Revision? TakeBaseline()
    {
        // The plan asks the context that it was begun with.
        _outer?.TakeBaseline();
        return TakenBaseline = NextBaseline;
    }

    /// <summary>The same where the candidate stands: for another strategy that does the rest, after a step of the plan has installed it.</summary>
    public StrategyContext WithCandidate()
    {
        Observation seen = CandidateStands ? Observation : Observation with { Revisions = [.. Observation.Revisions, new ObservedRevision(Candidate.Id, 1, [])] };
        return new StrategyContext(_strategy, _target, seen, Candidate, _errors)
        {
            Kind = Kind,
            IsHotfix = IsHotfix,
            Current = Current,
            Releases = Releases,
            NextBaseline = NextBaseline,
            Others = Others,
            _outer = this,
        };
    }

    /// <summary>A revision that takes traffic, with its release; null when history doesn't know what it was made of.</summary>
    public Revision? Known(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return Releases.TryGetValue(revision, out Release? release) ? new Revision(revision, release) : null;
    }

    /// <summary>The capability; null after recording, as an error of the plan, that the target lacks it. Ask for all before giving up, so that all errors come together.</summary>
    /// <typeparam name="T">An interface such as <see cref="IHostRevisions"/>.</typeparam>
    public T? Require<T>()
        where T : class => Require<T>(_ => true, Capabilities.Describe(typeof(T)));

    /// <summary>The capability, when it can do what is needed; null after recording, as an error of the plan, that the target can't, and which of the pipeline's targets can.</summary>
    /// <typeparam name="T">An interface such as <see cref="ISplitTraffic"/>.</typeparam>
    /// <param name="fits">Whether it can do what is needed.</param>
    /// <param name="need">What is needed, in words that follow "a target that can".</param>
    public T? Require<T>(Func<T, bool> fits, string need)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(fits);
        ArgumentException.ThrowIfNullOrWhiteSpace(need);
        if (Capability<T>() is { } capability && fits(capability))
        {
            return capability;
        }

        string able = Join(Others.Where(other => other.Target.Capability<T>(other.Seen) is { } theirs && fits(theirs)).Select(other => $"'{other.Target.Name}'"));
        string carried = Join(KnownStrategies.CarriedBy(_target, Observation).Where(strategy => strategy != _strategy));
        _errors.Add($"The strategy '{_strategy}' needs a target that can {need} ({typeof(T).Name}), and '{Target}' can't. "
            + (able.Length > 0 ? $"In this pipeline {able} can. " : "No target of this pipeline can. ")
            + (carried.Length > 0 ? $"'{Target}' could carry {carried}. " : "")
            + "Take another strategy or another target.");
        return null;
    }

    /// <summary>The capability, or null.</summary>
    /// <typeparam name="T">An interface such as <see cref="IReachRevisions"/>.</typeparam>
    public T? Capability<T>()
        where T : class => _target.Capability<T>(Observation);

    /// <summary>Records an error: the plan is refused with all of them.</summary>
    public void Refuse(string error) => _errors.Add(error);

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);
}
