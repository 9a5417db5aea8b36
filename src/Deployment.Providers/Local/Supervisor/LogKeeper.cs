using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Keeps the logs of the instances from growing without end.</summary>
internal sealed class LogKeeper(StateFolder folder, StateStore store, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                RotateAll();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The supervisor ends.
        }
    }

    private void RotateAll()
    {
        foreach ((string target, TargetState present) in store.Current.Targets)
        {
            foreach ((string revision, RevisionState standing) in present.Revisions)
            {
                foreach (InstanceState instance in standing.Instances)
                {
                    Rotate(folder.Log(target, revision, instance.Slot), standing.Request.Log ?? new LogLimits());
                }
            }
        }
    }

    private void Rotate(string path, LogLimits limits)
    {
        try
        {
            if (LogTail.Length(path) > limits.Bytes)
            {
                LogRotation.Rotate(path, limits.Files);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ProcessLog.CannotRotate(logger, path, error);
        }
    }
}
