using Deployment.Commands;
using Deployment.Store;

namespace Deployment;

/// <summary>Another process drives the run. Nothing was changed.</summary>
public sealed class RunDrivenException : DeploymentException
{
    internal RunDrivenException(string runId, LeaseState? lease)
        : base($"Run {runId} is driven by {(lease is null ? "another process" : ProcessText.NameOf(lease.Holder))}, which is alive (epoch {lease?.Epoch ?? 0}). Signal it (SignalAsync with Signal.Pause or Signal.Abort); or take it over (ResumeAsync with force: true) if you know that the process can do no more harm.") => RunId = runId;

    /// <summary>The run.</summary>
    public string RunId { get; }
}
