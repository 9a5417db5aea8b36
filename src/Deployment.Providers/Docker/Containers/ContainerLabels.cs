namespace Deployment.Providers.Docker.Containers;

/// <summary>What our containers bear. They are found by these, never by memory.</summary>
internal static class ContainerLabels
{
    public const string Target = "deployment.target";
    public const string Revision = "deployment.revision";
    public const string Application = "deployment.application";
    public const string Slot = "deployment.slot";

    /// <summary>Where it is reached, <c>HOST:PORT</c>; a worker has none.</summary>
    public const string Address = "deployment.address";

    /// <summary>The port of the host that it publishes.</summary>
    public const string Port = "deployment.port";

    /// <summary>The epoch of the run that made it.</summary>
    public const string Epoch = "deployment.epoch";

    /// <summary>A hash of how it is run: the same revision under another configuration of the target is made anew.</summary>
    public const string Spec = "deployment.spec";

    /// <summary>No label, which can't be added later, but an option of <c>docker update</c> that changes nothing: who had users is told by it.</summary>
    public const string Served = "--pids-limit=-1";

    /// <summary>The image as it was named when it was pulled.</summary>
    public const string Image = "deployment.image";
}
