namespace Deployment.Integration.Tests.Chaos;

/// <summary>Whose process is killed.</summary>
internal enum Victim
{
    /// <summary>One of the instances that serve.</summary>
    Instance,

    /// <summary>The router of the public port.</summary>
    Router,

    /// <summary>The supervisor.</summary>
    Supervisor,

    /// <summary>One of those that take part in a renewal of the router: supervisor, old router or its successor.</summary>
    Renewal,

    /// <summary>The process that drives a deployment.</summary>
    Deployer,
}
