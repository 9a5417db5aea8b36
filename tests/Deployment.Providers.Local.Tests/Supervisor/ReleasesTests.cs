using System.Security.Cryptography;
using Deployment.Providers.Local.Packages;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Packages;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>Releases that come as packages, and what is kept of those that went.</summary>
public sealed class ReleasesTests : LocalFixture
{
    private readonly HttpClient _client = new();

    private string Package => Path.Combine(Folder.Path, "app.zip");

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task Install_Package_RunsInItsOwnFolder()
    {
        MakePackage("hello");
        Revision revision = Packed(1, "sh", "{release}/run.sh", AppPath);

        await RunAsync(Target.Install(revision));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));

        (await _client.GetStringAsync(Public())).Should().Be("hello");
        string folder = Folder.Release(Target.Name, Id(1).ToString());
        (await File.ReadAllTextAsync(Path.Combine(folder, "where"))).Trim().Should().Be(folder);
    }

    [Test]
    public async Task Install_PackageIsNotTheOneThatWasMeant_IsRefusedAndNothingStands()
    {
        MakePackage("hello");
        Revision revision = Packed(1, "sh", "run.sh", AppPath);
        revision = revision with { Release = revision.Release with { Artifact = revision.Release.Artifact.From(Package, new string('a', 64)) } };

        (await FluentActions.Awaiting(() => RunAsync(Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("SHA-256");

        (await ObserveAsync()).Revisions.Should().BeEmpty();
        Directory.Exists(Folder.Release(Target.Name, Id(1).ToString())).Should().BeFalse();
    }

    [Test]
    public async Task Update_BackToAReleaseWhosePackageIsGone_TakesWhatIsKept()
    {
        MakePackage("one");
        Revision first = Packed(1, "sh", "run.sh", AppPath);
        await RunAsync(Target.Update(first));
        MakePackage("two");
        await RunAsync(Target.Update(Packed(2, "sh", "run.sh", AppPath)));
        (await _client.GetStringAsync(Public())).Should().Be("two");
        File.Delete(Package);

        await RunAsync(Target.Update(first));

        (await _client.GetStringAsync(Public())).Should().Be("one");
    }

    [Test]
    public async Task Install_RepeatedAfterThePackageChanged_LeavesWhatRunsAlone()
    {
        MakePackage("one");
        Revision revision = Packed(1, "sh", "run.sh", AppPath);
        await RunAsync(Target.Install(revision));
        MakePackage("changed");

        await RunAsync(Target.Install(revision));

        (await File.ReadAllTextAsync(Path.Combine(Folder.Release(Target.Name, Id(1).ToString()), "run.sh"))).Should().Contain("one");
    }

    [Test]
    public void Retention_KeepsWhatStandsAndTheLastRemoved()
    {
        var store = new StateStore(Folder);
        var retention = new Retention(Folder, store, new ReleaseFolders(Folder));
        store.Update(state =>
        {
            state.Targets["web"] = new TargetState { Application = "shop" };
            state.Targets["web"].Revisions["shop_1.0.0_1"] = new RevisionState { Request = new InstallRequest { Command = ["true"], WorkingFolder = "/" }, Installed = true };
        });
        for (int version = 1; version <= 6; version++)
        {
            MakeTraces($"shop_{version}.0.0_1");
        }

        for (int version = 2; version <= 6; version++)
        {
            retention.Retire("web", $"shop_{version}.0.0_1", 2);
        }

        Left(Folder.Releases).Should().BeEquivalentTo("shop_1.0.0_1", "shop_5.0.0_1", "shop_6.0.0_1");
        Left(Folder.Logs).Should().BeEquivalentTo("shop_1.0.0_1", "shop_5.0.0_1", "shop_6.0.0_1");
        File.Delete(Folder.State);
    }

    [Test]
    public async Task Start_LeftoversOfADeadSupervisorAndUnknownRevisions_AreCleanedUp()
    {
        for (int version = 1; version <= 8; version++)
        {
            MakeTraces($"shop_{version}.0.0_1");
            Directory.SetLastWriteTimeUtc(Folder.LogsOf("web", $"shop_{version}.0.0_1"), DateTime.UnixEpoch.AddDays(version));
            Directory.SetLastWriteTimeUtc(Folder.Release("web", $"shop_{version}.0.0_1"), DateTime.UnixEpoch.AddDays(version));
        }

        string[] halves =
        [
            Folder.State + ".new", Folder.RouterTable(80, "web") + ".new", Folder.LogsOf("web", "shop_8.0.0_1") + "/1.log.1.new",
            Path.Combine(Folder.Releases, "web", ".new-shop_9.0.0_1.package"), Folder.Secrets("web", "shop_8.0.0_1") + ".new",
        ];
        foreach (string half in halves)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(half)!);
            await File.WriteAllTextAsync(half, "half");
        }

        string oldHost = Path.Combine(Folder.Hosts, "0123456789abcdef");
        string youngHost = Path.Combine(Folder.Hosts, "fedcba9876543210");
        Directory.CreateDirectory(oldHost);
        Directory.CreateDirectory(youngHost);
        Directory.SetLastWriteTimeUtc(oldHost, DateTime.UnixEpoch);

        await Host.StartAsync(CancellationToken.None);

        halves.Where(File.Exists).Should().BeEmpty();
        Left(Folder.Releases).Should().BeEquivalentTo(Enumerable.Range(4, 5).Select(version => $"shop_{version}.0.0_1"), "five of those that nobody knows are kept");
        Directory.Exists(oldHost).Should().BeFalse("no process runs from it");
        Directory.Exists(youngHost).Should().BeTrue("a deployer may be about to run from it");
    }

    private static string[] Left(string folder) =>
        [.. Directory.EnumerateDirectories(Path.Combine(folder, "web")).Select(path => Path.GetFileName(path))];

    private void MakeTraces(string revision)
    {
        Directory.CreateDirectory(Folder.Release("web", revision));
        Directory.CreateDirectory(Folder.LogsOf("web", revision));
        File.WriteAllText(Folder.Log("web", revision, 1), "log");
    }

    private void MakePackage(string version)
    {
        File.Delete(Package);
        HostilePackages.Zip(Package, ("run.sh", $"pwd > where; VERSION={version} exec dotnet exec $1\n"));
    }

    private Revision Packed(int version, params string[] command) => new(
        Id(version),
        Release.Of("shop", $"{version}.0.0", Artifact.Process(command).From(Package, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Package))))));
}
