using System.Collections.Concurrent;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Gathers how several runs ended: one that can't go on must not keep the others from theirs.</summary>
internal sealed class SeveralRuns(CancellationToken host)
{
    private readonly ConcurrentQueue<DeploymentResult> _results = new();
    private readonly ConcurrentQueue<Exception> _problems = new();

    internal Task AddAsync(RunRecord run, Func<Task<DeploymentResult>> drive) => TryAsync(run, async () => _results.Enqueue(await drive()));

    /// <summary>What a run needs before it can be driven.</summary>
    internal async Task TryAsync(RunRecord run, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RunDrivenException)
        {
            // It is in good hands.
        }
        catch (Exception error) when (error is not OperationCanceledException || !host.IsCancellationRequested)
        {
            _problems.Enqueue(new DeploymentException($"Run {run.Id}: {error.Message}", error));
        }
    }

    /// <exception cref="DeploymentException">Some could not go on; all of them together.</exception>
    internal IReadOnlyList<DeploymentResult> Results() => _problems.Count switch
    {
        0 => [.. _results],
        1 => throw _problems.First(),
        _ => throw new DeploymentException($"{_problems.Count} runs could not go on: {string.Join(' ', _problems.Select(problem => problem.Message))}", new AggregateException(_problems)),
    };
}
