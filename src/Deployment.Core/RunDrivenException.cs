using Deployment.Store;

namespace Deployment;

/// <summary>Another process drives the run. Nothing was changed.</summary>
public sealed class RunDrivenException : DeploymentException
{
    internal RunDrivenException(string runId, LeaseState? lease)
        : base($"Run {runId} is driven by {lease?.Holder ?? "another process"}, which is alive (epoch {lease?.Epoch ?? 0}). Signal it to pause or abort; or take it over by force if you know that the process can do no more harm.") => RunId = runId;

    /// <summary>The run.</summary>
    public string RunId { get; }
}
