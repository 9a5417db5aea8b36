using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>What a strategy knows about the target that it plans.</summary>
public sealed class StrategyContext
{
    private readonly DeploymentTarget _target;
    private readonly List<string> _errors;
    private readonly string _strategy;

    internal StrategyContext(string strategy, DeploymentTarget target, Observation observation, Revision candidate, Revision? current, List<string> errors)
    {
        _strategy = strategy;
        _target = target;
        _errors = errors;
        Observation = observation;
        Candidate = candidate;
        Current = current;
    }

    /// <summary>The target's name.</summary>
    public string Target => _target.Name;

    /// <summary>What was seen there.</summary>
    public Observation Observation { get; }

    /// <summary>The revision to bring. When it stands already (going back to it), installing it again is not needed.</summary>
    public Revision Candidate { get; }

    /// <summary>Whether the candidate stands on the target already.</summary>
    public bool CandidateStands => Observation.Stands(Candidate.Id);

    /// <summary>The revision that takes most of the traffic; null when there is none. See <see cref="Current"/> for what it is made of.</summary>
    public RevisionId? Live => Observation.Live();

    /// <summary>The live revision with its release; null when there is none, or when history doesn't know what it was made of.</summary>
    public Revision? Current { get; }

    /// <summary>The capability; null after recording, as an error of the plan, that the target lacks it. Ask for all before giving up, so that all errors come together.</summary>
    /// <typeparam name="T">An interface such as <see cref="IHostRevisions"/>.</typeparam>
    public T? Require<T>()
        where T : class
    {
        T? capability = Capability<T>();
        if (capability is null)
        {
            _errors.Add($"The strategy '{_strategy}' needs a target that can {Capabilities.Describe(typeof(T))} ({typeof(T).Name}), and '{Target}' can't. Take another strategy or another target.");
        }

        return capability;
    }

    /// <summary>The capability, or null.</summary>
    /// <typeparam name="T">An interface such as <see cref="IReachRevisions"/>.</typeparam>
    public T? Capability<T>()
        where T : class => _target.Capability<T>(Observation);

    /// <summary>Records an error: the plan is refused with all of them.</summary>
    public void Refuse(string error) => _errors.Add(error);
}
