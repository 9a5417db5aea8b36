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

    public StateStore(StateFolder folder)
    {
        _folder = folder;
        _current = Read(folder) ?? new SupervisorState { Format = SupervisorState.CurrentFormat };
    }

    /// <summary>The state at this moment. Not to be changed.</summary>
    public SupervisorState Current => Volatile.Read(ref _current);

    /// <summary>Reads the file without being its supervisor; null when there is none.</summary>
    /// <exception cref="DeploymentException">It is damaged or of another format.</exception>
    public static SupervisorState? Read(StateFolder folder)
    {
        SupervisorState? state = AtomicFile.Read(folder.State, LocalJson.Default.SupervisorState);
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
            SupervisorState copy = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(_current, LocalJson.Default.SupervisorState), LocalJson.Default.SupervisorState)!;
            T result = change(copy);
            AtomicFile.Write(_folder.State, copy, LocalJson.Default.SupervisorState);
            Volatile.Write(ref _current, copy);
            return result;
        }
    }
}
