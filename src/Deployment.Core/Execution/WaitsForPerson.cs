using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Keeps the run's record truthful while anything in it waits for a person: it is held until the last of them was answered.</summary>
internal sealed class WaitsForPerson(Func<RunState, string?, Task> save) : IDisposable
{
    private readonly List<string> _reasons = [];
    private readonly SemaphoreSlim _saving = new(1);

    internal async Task<T> WhileAsync<T>(string reason, Func<Task<T>> answer)
    {
        await ChangeAsync(() => _reasons.Add(reason));
        T given;
        try
        {
            given = await answer();
        }
        catch
        {
            // Interrupted: going back, or another process, says what the run does next. This one may not drive it any more.
            await ChangeAsync(() => _reasons.Remove(reason), saves: false);
            throw;
        }

        await ChangeAsync(() => _reasons.Remove(reason));
        return given;
    }

    public void Dispose() => _saving.Dispose();

    // One at a time, so that the record ends up with the latest of several lanes.
    private async Task ChangeAsync(Action change, bool saves = true)
    {
        await _saving.WaitAsync();
        try
        {
            change();
            if (saves)
            {
                await save(_reasons.Count == 0 ? RunState.Running : RunState.Held, _reasons.LastOrDefault());
            }
        }
        finally
        {
            _saving.Release();
        }
    }
}
