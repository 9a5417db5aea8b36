using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment.Targets;

/// <summary>
/// A place where releases of one application run: a table of verbs, and the capabilities that strategies ask for
/// (<see cref="IHostRevisions"/>, <see cref="ISplitTraffic"/>, <see cref="IUpdateInPlace"/>, <see cref="IReplaceInstances"/>, <see cref="IReachRevisions"/>, <see cref="IRouteTesters"/>, <see cref="IPreviewRevisions"/>, <see cref="IMirrorTraffic"/>).
/// </summary>
public abstract class DeploymentTarget
{
    /// <summary>Creates a target.</summary>
    /// <param name="name">1 to 63 letters, digits, '.' or '-'; unique in a store, because runs claim it.</param>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    protected DeploymentTarget(string name) => Name = Naming.Check("target", name);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Every verb that an operation on this target can have, each name once.</summary>
    public abstract IReadOnlyList<Verb> Verbs { get; }

    /// <summary>
    /// What a person needs for the commands of its verbs: the machine, the user, the tools. It becomes part of the plan and its hash, so it is
    /// the same each time. Default nothing.
    /// </summary>
    public virtual IReadOnlyList<Prerequisite> Prerequisites => [];

    /// <summary>Looks what is there, and changes nothing.</summary>
    /// <exception cref="DeploymentException">The target can't be reached or read; the message says why and what to do.</exception>
    public abstract Task<Observation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>The capability, or null when the target lacks it in the state that was seen. A wrapper forwards this.</summary>
    public virtual T? Capability<T>(Observation seen)
        where T : class => this as T;

    /// <summary>Null when the target can install the artifact, else one sentence that says what it takes instead.</summary>
    public abstract string? Refuses(Artifact artifact);
}
