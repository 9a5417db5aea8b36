using Deployment.Execution;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment;

/// <summary>Resumes what a crashed process left open, and carries out later runs when they are due.</summary>
/// <remarks>Not a BackgroundService: that one leaves the starter's context, and with it a test's virtual time.</remarks>
internal sealed partial class DeploymentsWorker(DeploymentPipelines pipelines, IOptions<DeploymentOptions> options, TimeProvider time, ILogger<DeploymentsWorker> logger)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _working = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _working = WorkAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await Task.WhenAny(_working, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public void Dispose() => _stopping.Dispose();

    private async Task WorkAsync(CancellationToken stopping)
    {
        // A host that stops is no reason to go back: its next start, or another host, goes on with what it drives.
        var host = new HostCancellation(CancellationPolicy.Detach, stopping);
        List<Task> looks = [];
        try
        {
            // The start of the host does not wait for the first look.
            await time.DelayAsync(TimeSpan.Zero, stopping);
            while (true)
            {
                // A look lasts as long as the runs that it drives. A run that is held for days must not keep others waiting, so the next look begins all the same.
                looks.RemoveAll(look => look.IsCompleted);
                foreach (DeploymentPipeline pipeline in Pipelines())
                {
                    looks.Add(LookAfterAsync(pipeline, () => pipeline.ResumeAllAsync(host), stopping));
                    looks.Add(LookAfterAsync(pipeline, () => pipeline.CompleteAsync(host), stopping));
                }

                await time.DelayAsync(options.Value.WorkerInterval, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }

        await Task.WhenAll(looks);
    }

    /// <summary>What makes them may fail for a while, such as a store's connection; the host was validated at start.</summary>
    private IEnumerable<DeploymentPipeline> Pipelines()
    {
        try
        {
            return pipelines.All.Values;
        }
        catch (Exception error)
        {
            LookedAfter(logger, "The pipelines", error.Message);
            return [];
        }
    }

    private async Task LookAfterAsync(DeploymentPipeline pipeline, Func<Task> look, CancellationToken stopping)
    {
        try
        {
            await look();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Left open for the next process.
        }
        catch (Exception error)
        {
            // A target that can't be reached now: looked at again next time.
            LookedAfter(logger, pipeline.Name, error.Message);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "{Pipeline}: {Problem} It is looked at again at the next interval.")]
    private static partial void LookedAfter(ILogger logger, string pipeline, string problem);
}
