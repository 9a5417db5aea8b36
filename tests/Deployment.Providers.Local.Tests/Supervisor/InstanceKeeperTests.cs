using System.Collections.Immutable;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Providers.Local.Tests.Supervisor;

public sealed class InstanceKeeperTests : LocalFixture
{
    private static readonly InstanceKey Key = new("queue", Id(1).ToString(), 1);

    [Test]
    public async Task Start_OneWasStartedAgainAMomentAgo_ItMayFinishItsWork()
    {
        string work = Path.Combine(Folder.Path, "work");
        InstallRequest request = new()
        {
            Command = ["sh", "-c", $"trap 'echo end >> {work}; exit 0' TERM; echo begin >> {work}; while :; do sleep 0.1; done"],
            WorkingFolder = Folder.Path,
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PATH", Environment.GetEnvironmentVariable("PATH")!),
            StopSeconds = 20,
            Worker = new WorkerRun { SettleSeconds = 0.1 },
        };
        InstanceKeeper keeper = Keeper(request);
        await keeper.StartAsync(Key, request, CancellationToken.None);
        await UntilAsync(() => Task.FromResult(Lines(work).SequenceEqual(["begin"])), "it works");

        await keeper.StartAsync(Key, request, CancellationToken.None);

        await UntilAsync(() => Task.FromResult(Lines(work).Length >= 3), "another one works");
        Lines(work).Should().Equal("begin", "end", "begin");
        await keeper.StopAsync(Key, TimeSpan.FromSeconds(20), CancellationToken.None);
    }

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    private InstanceKeeper Keeper(InstallRequest request)
    {
        var store = new StateStore(Folder);
        store.Update(state => state.Targets[Key.Target] = new TargetState { Application = "shop", Revisions = { [Key.Revision] = new RevisionState { Request = request } } });
        var secrets = new SecretFiles(Folder);
        var starter = new InstanceStarter(Folder, store, secrets, Cgroups.Find(Folder), NullLogger.Instance, TimeProvider.System);
        var health = new WorkerHealth(Folder, store, secrets, starter, new Deployment.Commands.CommandRunner(TimeProvider.System), NullLogger.Instance, TimeProvider.System);
        return new InstanceKeeper(Folder, store, starter, health, (_, _) => Task.CompletedTask, secrets, NullLogger.Instance, TimeProvider.System);
    }
}
