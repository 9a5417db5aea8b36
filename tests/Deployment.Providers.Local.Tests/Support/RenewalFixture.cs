using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support.Load;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>A router that is replaced, or hangs or dies while it is, under users who notice every failure.</summary>
public abstract class RenewalFixture : LocalFixture
{
    private protected static readonly LoadKind AConnectionEach = LoadKind.All[0] with { Name = "HTTP/1.1, a connection for each request", Connections = 8, RequestsOfConnection = 1 };

    // Those whose clients are told to go before their next request. One of HTTP/2 learns of it while it sends, and sends again what was put back.
    private protected static readonly LoadKind[] Moving = [LoadKind.All[0] with { Connections = 16 }, AConnectionEach, .. LoadKind.InClearText.Where(kind => kind.Stays)];

    private const int Stop = 19;

    private protected bool CanLock()
    {
        try
        {
            using var free = new FileStream(Folder.Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private protected async Task<int> RouterAsync() => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId;

    private protected async Task<string> AnswerAsync()
    {
        using RawClient client = await RawClient.ConnectAsync(Port);
        return (await client.GetAsync("/")).Body;
    }

    /// <summary>Stops a process, as a machine without memory does, and returns when none of its threads runs any more: one that still did could take a connection with it.</summary>
    private protected static void Hang(int processId)
    {
        Deployment.Commands.Libc.SendSignal(processId, Stop).Should().Be(0);
        SpinWait.SpinUntil(
            () => Directory.GetDirectories($"/proc/{processId}/task").All(thread => File.ReadAllText(Path.Combine(thread, "stat")).Split(')')[^1].StartsWith(" T", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(10)).Should().BeTrue("every thread is stopped");
    }

    private protected async Task KillSupervisorAsync()
    {
        using var client = new Client.SupervisorClient(Folder);
        Kill((await client.StatusAsync(CancellationToken.None))!.ProcessId);
        await UntilAsync(() => Task.FromResult(CanLock()), "the supervisor is gone");
    }

    /// <summary>Changes what a supervisor that died wrote down of the port's router.</summary>
    private protected void Rewrite(Action<SupervisorState, RouterState> change)
    {
        SupervisorState state = StateStore.Read(Folder)!;
        change(state, state.Routers[Port]);
        StateFile.Write(Folder.State, state, LocalJson.Default.SupervisorState);
    }

    private protected static bool IsGone(CommandProcess process) => !ProcessGroup.IsAlive(process);

    private protected async Task<LoadMix> UnderLoadAsync(IReadOnlyList<LoadKind> kinds, Func<Task> act, CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        var serving = new ServingTimes();
        serving.Begin("v1");
        var load = new LoadMix(kinds.Select(kind => (kind, kind.Against(Port, serving))));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = load.RunAsync(stop.Token);
        try
        {
            await UntilAsync(() => Task.FromResult(load.HasBegun), "the load has begun");
            await act();
            int[] answered = [.. load.Loads.Select(one => one.Load.Answered)];
            await UntilAsync(() => Task.FromResult(load.Loads.Zip(answered).All(one => one.First.Load.Answered > one.Second + 20)), "the load goes on");
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        return load;
    }
}
