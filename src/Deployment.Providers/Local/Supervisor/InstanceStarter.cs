using System.Collections.Immutable;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Starts the process of an instance: its number is written down before, its identity after.</summary>
internal sealed class InstanceStarter(StateFolder folder, StateStore store, SecretFiles secrets, Cgroups cgroups, ILogger logger, TimeProvider timeProvider)
{
    // Folders that share a machine begin at different ports, so that their probes seldom meet.
    private readonly int _firstPort = Convert.ToInt32(SpawnMark.FolderId(folder)[..7], 16);

    public async Task<RunningProcess> StartAsync(InstanceKey key, CancellationToken cancellationToken)
    {
        InstallRequest request = store.Current.Revision(key.Target, key.Revision)?.Request
            ?? throw new DeploymentException($"{key} is not known.");
        IReadOnlyDictionary<string, string> secret = secrets.Get(key.Target, key.Revision, request.Secrets);
        InstanceState instance = store.Update(state => Announce(state, key));
        RunningProcess process = RunningProcess.Start(StartOf(key, request, secret, instance), timeProvider);
        try
        {
            if (request.Limits is { } limits)
            {
                cgroups.Enter(instance.Spawn, limits, process.Identity);
            }

            store.Update(state => Slot(state, key)!.Process = process.Identity);
        }
        catch
        {
            await process.EndAsync(TimeSpan.Zero, cancellationToken);
            throw;
        }

        ProcessLog.Started(logger, key.ToString(), process.Identity.ProcessId);
        return process;
    }

    /// <summary>Tells without starting it whether an instance could be started: its program, its folder and its secrets are there, and its limits can be set.</summary>
    /// <exception cref="DeploymentException">It can't; the message says why.</exception>
    public void Check(InstanceKey key, InstallRequest request)
    {
        InstancePlace place = PlaceOf(key, request, 0);
        _ = secrets.Get(key.Target, key.Revision, request.Secrets);
        string workingFolder = place.Fill(request.WorkingFolder);
        if (!Directory.Exists(workingFolder))
        {
            throw new DeploymentException($"{key} could not start: the working folder '{workingFolder}' doesn't exist.");
        }

        Dictionary<string, string> environment = InstanceEnvironment.Of(request, ImmutableSortedDictionary<string, string>.Empty, place);
        _ = ProgramLookup.Find(place.Fill(request.Command[0]), workingFolder, environment.GetValueOrDefault("PATH", ""));
        if (request.Limits is not null && cgroups.Problem is { } problem)
        {
            throw new DeploymentException(problem);
        }
    }

    /// <summary>Gives an instance that is down another port when something else has taken its own; returns whether it did.</summary>
    /// <exception cref="DeploymentException">Its own is taken, and it is to keep that.</exception>
    public bool Move(InstanceKey key)
    {
        if (Slot(store.Current, key) is not { Port: > 0 } instance || PortPool.IsFree(instance.Port))
        {
            return false;
        }

        if (store.Current.Revision(key.Target, key.Revision)?.Request.FixedPort == true)
        {
            throw new DeploymentException($"Port {instance.Port} of {key}, by which its router knows it, is in use by {PortOwner.Describe(instance.Port) ?? "another process"}. It is started there when the port is free: end what has it.");
        }

        int port = store.Update(state => Slot(state, key)!.Port = PortPool.Take(state, _firstPort));
        ProcessLog.Moved(logger, key.ToString(), port, instance.Port);
        return true;
    }

    public static InstanceState? Slot(SupervisorState state, InstanceKey key) =>
        state.Revision(key.Target, key.Revision)?.Instances.Find(instance => instance.Slot == key.Slot);

    public InstancePlace PlaceOf(InstanceKey key, InstallRequest request, int port) => new(
        port,
        request.Package is null ? null : folder.Release(key.Target, key.Revision),
        request.Worker?.HeartbeatSeconds is null ? null : folder.Heartbeat(key.Target, key.Revision, key.Slot));

    /// <summary>Gives instances their ports; they are out of the rotation until they are put into it.</summary>
    public void Reserve(IEnumerable<InstanceKey> keys) => store.Update(state =>
    {
        foreach (InstanceKey key in keys)
        {
            state.Revision(key.Target, key.Revision)!.Instances.Add(new InstanceState { Slot = key.Slot, Port = PortPool.Take(state, _firstPort), Rotation = Rotation.Out });
        }
    });

    private InstanceState Announce(SupervisorState state, InstanceKey key)
    {
        InstanceState? instance = Slot(state, key);
        if (instance is null)
        {
            RevisionState revision = state.Revision(key.Target, key.Revision)!;
            instance = new InstanceState { Slot = key.Slot, Port = revision.Request.Worker is null ? PortPool.Take(state, _firstPort) : 0 };
            revision.Instances.Add(instance);
        }

        instance.Spawn = state.NextSpawn++;
        instance.Process = null;
        return instance;
    }

    private ProcessStart StartOf(InstanceKey key, InstallRequest request, IReadOnlyDictionary<string, string> secret, InstanceState instance)
    {
        string log = folder.Log(key.Target, key.Revision, key.Slot);
        StateFolder.Create(Path.GetDirectoryName(log)!);
        InstancePlace place = PlaceOf(key, request, instance.Port);
        if (place.HeartbeatFile is { } heartbeat)
        {
            // What the one before left would vouch for this one.
            StateFolder.Create(Path.GetDirectoryName(heartbeat)!);
            File.Delete(heartbeat);
        }

        Dictionary<string, string> environment = InstanceEnvironment.Of(request, secret, place);
        environment[SpawnMark.Variable] = SpawnMark.Of(folder, instance.Spawn);
        return new ProcessStart
        {
            Program = place.Fill(request.Command[0]),
            Arguments = [.. request.Command.Skip(1).Select(place.Fill)],
            WorkingFolder = place.Fill(request.WorkingFolder),
            Environment = environment,
            InheritEnvironment = false,
            StandardOutput = ProcessStream.AppendTo(log),
            StandardError = ProcessStream.AppendTo(log),
        };
    }
}
