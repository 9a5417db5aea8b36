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
        try
        {
            // The start of the host does not wait for the first look.
            await time.DelayAsync(TimeSpan.Zero, stopping);
            while (true)
            {
                foreach (DeploymentPipeline pipeline in pipelines.All.Values)
                {
                    await LookAfterAsync(pipeline, stopping);
                }

                await time.DelayAsync(options.Value.WorkerInterval, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAfterAsync(DeploymentPipeline pipeline, CancellationToken stoppingToken)
    {
        try
        {
            await pipeline.ResumeAllAsync(stoppingToken);
            await pipeline.CompleteAsync(stoppingToken);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // A run that is driven elsewhere, or a target that can't be reached now: looked at again next time.
            LookedAfter(logger, pipeline.Name, error.Message);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "{Pipeline}: {Problem} It is looked at again at the next interval.")]
    private static partial void LookedAfter(ILogger logger, string pipeline, string problem);
}
