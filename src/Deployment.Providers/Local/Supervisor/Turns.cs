using System.Collections.Concurrent;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Lets one act at a time for each port: applications that share one act at the same time.</summary>
internal sealed class Turns
{
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _turns = new();

    public async Task<T> RunAsync<T>(int port, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        SemaphoreSlim turn = _turns.GetOrAdd(port, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        finally
        {
            turn.Release();
        }
    }

    public Task RunAsync(int port, Func<Task> act, CancellationToken cancellationToken) => RunAsync(
        port,
        async () =>
        {
            await act();
            return true;
        },
        cancellationToken);
}
