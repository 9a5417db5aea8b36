using System.Text.Json;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The state in memory and on disk. A change is durable before anyone sees it; one that can't be written did not happen.</summary>
internal sealed class StateStore
{
    private readonly Lock _changing = new();
    private readonly StateFolder _folder;
    private SupervisorState _current;
    private bool _isWritten;

    public StateStore(StateFolder folder)
    {
        _folder = folder;
        SupervisorState? present = Read(folder);
        _isWritten = present is not null;
        _current = present ?? new SupervisorState { Format = SupervisorState.CurrentFormat };
    }

    /// <summary>The state at this moment. Not to be changed.</summary>
    public SupervisorState Current => Volatile.Read(ref _current);

    /// <summary>Reads the file without being its supervisor; null when there is none.</summary>
    /// <exception cref="DeploymentException">It is damaged or of another format.</exception>
    public static SupervisorState? Read(StateFolder folder)
    {
        SupervisorState? state = StateFile.Read(folder.State, LocalJson.Default.SupervisorState);
        return state is null or { Format: SupervisorState.CurrentFormat }
            ? state
            : throw new DeploymentException($"'{folder.State}' has format {state.Format}; this version reads {SupervisorState.CurrentFormat}. Use the version that wrote it.");
    }

    public void Update(Action<SupervisorState> change) => Update(state =>
    {
        change(state);
        return true;
    });

    public T Update<T>(Func<SupervisorState, T> change)
    {
        lock (_changing)
        {
            byte[] before = JsonSerializer.SerializeToUtf8Bytes(_current, LocalJson.Default.SupervisorState);
            SupervisorState copy = JsonSerializer.Deserialize(before, LocalJson.Default.SupervisorState)!;
            T result = change(copy);
            byte[] after = JsonSerializer.SerializeToUtf8Bytes(copy, LocalJson.Default.SupervisorState);
            if (!_isWritten || !after.AsSpan().SequenceEqual(before))
            {
                // What changes nothing costs no flush: users wait for a switch. After a write that failed nobody knows what the file has, so the next one is made whatever it says.
                _isWritten = false;
                StateFile.WriteBytes(_folder.State, after);
                _isWritten = true;
                Volatile.Write(ref _current, copy);
            }

            return result;
        }
    }
}
