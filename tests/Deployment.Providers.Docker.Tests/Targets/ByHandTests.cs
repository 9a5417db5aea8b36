using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>The lines that a runbook prints, typed into a shell: they do what the step does.</summary>
public sealed class ByHandTests : DockerTest
{
    private string _log = "";

    [SetUp]
    public void BeginLog() => _log = Path.GetTempFileName();

    [TearDown]
    public void EndLog() => File.Delete(_log);

    [Test]
    public async Task Route_Lines_KeepWhatGetsTrafficAndLetGoOfTheRest()
    {
        Rig rig = Routed(new FakeRouter());
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Install(old));
        ISplitTraffic traffic = rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!;
        await rig.RunAsync(traffic.Route(TrafficSplit.AllTo(old.Id)));
        await rig.RunAsync(rig.Target.Install(next));
        await TypeAsync(rig, traffic.Route(TrafficSplit.AllTo(next.Id)));
        (await PolicyAsync(next)).Should().Be("unless-stopped");
        (await PolicyAsync(old)).Should().Be("no");
        (await File.ReadAllTextAsync(_log)).Should().Be($"route {TrafficSplit.AllTo(next.Id)}: unless-stopped unless-stopped\n", "both come back by themselves while it switches");
        await TypeAsync(rig, traffic.Route(TrafficSplit.None));
        (await PolicyAsync(next)).Should().Be("no");
    }

    [Test]
    public async Task Update_LinesBehindARouter_StartTheNewSwitchAndEndTheOld()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.Instances = 2);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await TypeAsync(rig, rig.Target.Update(old));
        await TypeAsync(rig, rig.Target.Update(next));
        Observation seen = await rig.SeeAsync();
        seen.Revisions.Should().ContainSingle().Which.Should().Match<ObservedRevision>(revision => revision.Id == next.Id && revision.Instances == 2);
        (await PolicyAsync(next)).Should().Be("unless-stopped");
        (await PolicyAsync(old)).Should().Be("no");
        (await InspectAsync("{{.State.Status}}", Container("shop_1.0.0_1", "2"))).Should().Be("exited");
        (await File.ReadAllLinesAsync(_log)).Should().Equal(
            $"route {TrafficSplit.AllTo(old.Id)}: unless-stopped unless-stopped",
            $"route {TrafficSplit.AllTo(next.Id)}: unless-stopped unless-stopped unless-stopped unless-stopped");
        // What was done by hand counts as what a run did: it had users.
        (await InspectAsync("{{json .HostConfig.PidsLimit}}", Container("shop_1.0.0_1"))).Should().Be("0");
    }

    [Test]
    public async Task Clear_LinesBehindARouter_EmptyThatToo()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Update(revision));
        await TypeAsync(rig, rig.Target.Clear(revision.Id));
        (await File.ReadAllTextAsync(_log)).Should().Be($"route {TrafficSplit.None}: unless-stopped\n", "the router sends nobody to what ends next");
        (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty();
    }

    [Test]
    public async Task Install_LinesWithSecrets_GiveThemAsTheyAreAndLeaveNothing()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSecret("DB_PASSWORD", "SHOP_DB").WithSecret("1TOKEN", "SHOP_TOKEN"));
        Operation install = rig.Target.Install(revision);
        string folder = Directory.CreateTempSubdirectory("hand-").FullName;
        try
        {
            CommandResult without = await RunAsync(rig, install, new() { ["DB_PASSWORD"] = "x", ["TMPDIR"] = folder });
            without.ExitCode.Should().NotBe(0);
            without.Error.Should().Contain("_1TOKEN");
            (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty("without a secret no container is made");
            Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);

            const string secret = "pa55 'x' $(id) %s\nsecond line\n";
            CommandResult typed = await RunAsync(rig, install, new() { ["DB_PASSWORD"] = secret, ["_1TOKEN"] = "-n", ["TMPDIR"] = folder });
            typed.ExitCode.Should().Be(0, "{0} {1}", typed.Output, typed.Error);
            await Until.TrueAsync(async () => (await TryAsync(await AddressAsync(rig), "/file?path=/run/secrets/1TOKEN")) == "-n", "it has its secrets");
            (await GetAsync(await AddressAsync(rig), "/file?path=/run/secrets/DB_PASSWORD")).Should().Be(secret);
            Directory.EnumerateFileSystemEntries(folder).Should().BeEmpty("no secret stays behind");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Where nothing routes there is a gap; what may fail, or takes its time, is done before it.
    [Test]
    public async Task Update_LinesWithoutARouter_MakeTheNewOneBeforeTheOldOneEnds()
    {
        Rig rig = Workers();
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"), release => release.WithSecret("DB_PASSWORD", "SHOP_DB"));
        await TypeAsync(rig, rig.Target.Update(old));

        CommandResult without = await PasteAsync(rig, rig.Target.Update(next), []);

        without.Error.Should().Contain("DB_PASSWORD");
        (await InspectAsync("{{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be("running", "nothing has ended for a release that can't be made");
        CommandResult typed = await RunAsync(rig, rig.Target.Update(next), new() { ["DB_PASSWORD"] = "x" });
        typed.ExitCode.Should().Be(0, "{0} {1}", typed.Output, typed.Error);
        (await rig.SeeAsync()).Revisions.Should().ContainSingle().Which.Id.Should().Be(next.Id);
    }

    // A person pastes: a shell that reads lines goes on behind one that failed.
    [Test]
    public async Task Install_PastedWithoutASecret_MakesNothingAndMayBePastedAgain()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSecret("DB_PASSWORD", "SHOP_DB"));

        await PasteAsync(rig, rig.Target.Install(revision), []);
        (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty("without a secret no container is made");

        await PasteAsync(rig, rig.Target.Install(revision), new() { ["DB_PASSWORD"] = "pa55" });
        await Until.TrueAsync(async () => (await TryAsync(await AddressAsync(rig), "/file?path=/run/secrets/DB_PASSWORD")) == "pa55", "it has its secret");
    }

    // An image that is gone, say: what can't be made must not cost what runs.
    [Test]
    public async Task Replace_PastedAndTheNewOneCantBeMade_LeavesTheOldOneRunning()
    {
        Rig rig = Workers();
        // Of its own content: to remove one of two names of an image leaves the image.
        string image = await World.Images.ShopAsync("1.1.0", "shop-that-goes", "ENV GOES=1");
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", image);
        await TypeAsync(rig, rig.Target.Update(old));
        (await World.Daemon.SucceedsAsync("image", "rm", image)).Should().Contain("Deleted:", "no other name holds it");

        await PasteAsync(rig, ((IReplaceInstances)rig.Target).Replace(["1"], next), []);

        (await InspectAsync("{{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be("running");
    }

    // Beside what a deployer left that died while it ended a container, somebody has made another one by hand.
    [Test]
    public async Task Remove_BothNamesAreThere_EndsAndRemovesBoth()
    {
        Rig rig = Workers();
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await TypeAsync(rig, rig.Target.Update(revision));
        string name = Container("shop_1.0.0_1");
        await World.Daemon.SucceedsAsync("stop", "-t", "0", name);
        await World.Daemon.SucceedsAsync("rename", name, name + ".ending");
        await TypeAsync(rig, rig.Target.Update(revision));

        await rig.RunAsync(rig.Target.Remove(revision.Id));
        await rig.RunAsync(rig.Target.Clear(revision.Id));

        (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty();
    }

    private static Task<CommandResult> PasteAsync(Rig rig, Operation operation, Dictionary<string, string> environment) => Tool.RunAsync(
        Command.Of("bash", "--norc", "-i") with
        {
            Environment = environment,
            StandardInput = new Secret(string.Join('\n', [.. rig.Describe(operation).Commands, ""])),
        });

    private static async Task<Uri> AddressAsync(Rig rig) => (await rig.SeeAsync()).Revisions.Single().Addresses.Single();

    private static async Task<string?> TryAsync(Uri address, string path)
    {
        try
        {
            return await GetAsync(address, path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<string> PolicyAsync(Revision revision) => await InspectAsync("{{.HostConfig.RestartPolicy.Name}}", Container(revision.Id.ToString()));

    private async Task TypeAsync(Rig rig, Operation operation)
    {
        CommandResult typed = await RunAsync(rig, operation, []);
        typed.ExitCode.Should().Be(0, "{0} {1}", typed.Output, typed.Error);
    }

    /// <summary>The router of these tests notes what it is told, and what Docker would bring back at that moment.</summary>
    private Task<CommandResult> RunAsync(Rig rig, Operation operation, Dictionary<string, string> environment)
    {
        string docker = $"docker --host {World.Daemon.DockerHost}";
        string policies = $"{docker} ps --all --quiet --filter label=deployment.target={Name} | xargs {docker} inspect --format '{{{{.HostConfig.RestartPolicy.Name}}}}' | sort | xargs";
        string router = $"fakerouter() {{ echo \"$*: $({policies})\" >> {_log}; }}";
        return Tool.RunAsync(Command.Of("sh", ["-eu", "-c", string.Join('\n', [router, .. rig.Describe(operation).Commands])]) with { Environment = environment });
    }
}
