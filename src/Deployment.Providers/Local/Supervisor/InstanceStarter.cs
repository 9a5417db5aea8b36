using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Starts the process of an instance: its number is written down before, its identity after.</summary>
internal sealed class InstanceStarter(StateFolder folder, StateStore store, SecretFiles secrets, ILogger logger, TimeProvider timeProvider)
{
    // Folders that share a machine begin at different ports, so that their probes seldom meet.
    private readonly int _firstPort = Convert.ToInt32(SpawnMark.FolderId(folder)[..7], 16);

    public RunningProcess Start(InstanceKey key)
    {
        InstallRequest request = store.Current.Revision(key.Target, key.Revision)?.Request
            ?? throw new DeploymentException($"{key} is not known.");
        IReadOnlyDictionary<string, string> secret = secrets.Get(key.Target, key.Revision, request.Secrets);
        InstanceState instance = store.Update(state => Announce(state, key));
        RunningProcess process = RunningProcess.Start(StartOf(key, request, secret, instance), timeProvider);
        store.Update(state => Slot(state, key)!.Process = process.Identity);
        ProcessLog.Started(logger, key.ToString(), process.Identity.ProcessId);
        return process;
    }

    public static InstanceState? Slot(SupervisorState state, InstanceKey key) =>
        state.Revision(key.Target, key.Revision)?.Instances.Find(instance => instance.Slot == key.Slot);

    private InstanceState Announce(SupervisorState state, InstanceKey key)
    {
        InstanceState? instance = Slot(state, key);
        if (instance is null)
        {
            instance = new InstanceState { Slot = key.Slot, Port = PortPool.Take(state, _firstPort) };
            state.Revision(key.Target, key.Revision)!.Instances.Add(instance);
        }

        instance.Spawn = state.NextSpawn++;
        instance.Process = null;
        return instance;
    }

    private ProcessStart StartOf(InstanceKey key, InstallRequest request, IReadOnlyDictionary<string, string> secret, InstanceState instance)
    {
        string log = folder.Log(key.Target, key.Revision, key.Slot);
        StateFolder.Create(Path.GetDirectoryName(log)!);
        Dictionary<string, string> environment = InstanceEnvironment.Of(request, secret, instance.Port);
        environment[SpawnMark.Variable] = SpawnMark.Of(folder, instance.Spawn);
        return new ProcessStart
        {
            Program = InstanceEnvironment.WithPort(request.Command[0], instance.Port),
            Arguments = [.. request.Command.Skip(1).Select(argument => InstanceEnvironment.WithPort(argument, instance.Port))],
            WorkingFolder = request.WorkingFolder,
            Environment = environment,
            InheritEnvironment = false,
            StandardOutput = ProcessStream.AppendTo(log),
            StandardError = ProcessStream.AppendTo(log),
        };
    }
}
