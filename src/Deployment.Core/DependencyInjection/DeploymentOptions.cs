namespace Deployment;

/// <summary>What all pipelines of a host share. Validated at start, every pipeline included, all errors together.</summary>
public sealed class DeploymentOptions
{
    /// <summary>The folder of the file store; null for <see cref="Store.FileDeploymentStore.DefaultFolder"/>. Not used when an <see cref="Store.IDeploymentStore"/> is registered.</summary>
    public string? StoreFolder { get; set; }

    /// <summary>How the engine drives runs.</summary>
    public EngineOptions Engine { get; set; } = new();

    /// <summary>How often the background worker looks for runs to resume and later runs that are due. From 1 second to 1 day; default 1 minute.</summary>
    public TimeSpan WorkerInterval { get; set; } = TimeSpan.FromMinutes(1);
}
