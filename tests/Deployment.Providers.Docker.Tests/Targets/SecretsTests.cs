using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>Secrets are files in the container, and nowhere else.</summary>
public sealed class SecretsTests : DockerTest
{
    private const string Setting = "a\n'b' $(id) --privileged";

    [Test]
    public async Task Install_Secrets_AreFilesAndNowhereElse()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.Instances = 3);
        rig.Secrets["SHOP_DB"] = "pa55 wörd 'x' $(id)\nsecond line";
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSecret("DB_PASSWORD", "SHOP_DB").WithSetting("MODE", Setting));

        CommandLines seen;
        using (var over = new CancellationTokenSource())
        {
            Task<CommandLines> watch = Task.Run(() => CommandLines.Watch(World.Daemon.DockerHost, over.Token));
            await rig.RunAsync(rig.Target.Install(revision));
            await over.CancelAsync();
            seen = await watch;
        }

        Uri address = (await rig.SeeAsync()).Revisions[0].Addresses[0];
        (await GetAsync(address, "/file?path=/run/secrets/DB_PASSWORD")).Should().Be(rig.Secrets["SHOP_DB"]);
        (await GetAsync(address, "/env?name=DB_PASSWORD_FILE")).Should().Be("/run/secrets/DB_PASSWORD");
        (await GetAsync(address, "/env?name=MODE")).Should().Be(Setting);
        // What may be seen is seen, so what is not was not there.
        seen.All.Should().Contain(line => line.Contains(Setting, StringComparison.Ordinal), "the watch sees how containers are made");
        seen.All.Where(IsSecret).Should().BeEmpty();
        (await World.Daemon.SucceedsAsync("inspect", Container("shop_1.0.0_1"))).Should().Contain("--privileged").And.NotContain("pa55").And.NotContain("second line");
        rig.Describe(rig.Target.Install(revision)).Commands.Should().NotContain(line => IsSecret(line));
        rig.Progress.Should().NotContain(line => IsSecret(line));
    }

    [Test]
    public async Task Watch_SecretOnACommandLine_IsSeen()
    {
        using var over = new CancellationTokenSource();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        // It lives until it is ended, so that a slow machine sees it too.
        Task<CommandResult> planted = Tool.RunAsync(World.Daemon.Client("events", "--filter", "label=planted=pa55"), over.Token);
        CommandLines seen = await Task.Run(() => CommandLines.Watch(World.Daemon.DockerHost, deadline.Token, IsSecret));
        await over.CancelAsync();
        await planted.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>();
        seen.All.Should().Contain(line => IsSecret(line));
    }

    [Test]
    public async Task Install_SecretsUnderAReadOnlyRoot_AreThereAndComeBackAfterARestart()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.ReadOnlyRoot = true);
        rig.Secrets["SHOP_DB"] = "pa55";
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSecret("DB_PASSWORD", "SHOP_DB"));
        await rig.RunAsync(rig.Target.Install(revision));
        await World.Daemon.SucceedsAsync("restart", Container("shop_1.0.0_1"));
        Uri address = (await rig.SeeAsync()).Revisions[0].Addresses[0];
        await Until.TrueAsync(async () => await TryAsync(address), "the container answers again");
        (await GetAsync(address, "/file?path=/run/secrets/DB_PASSWORD")).Should().Be("pa55");
    }

    private static bool IsSecret(string text) => text.Contains("pa55", StringComparison.Ordinal) || text.Contains("second line", StringComparison.Ordinal);

    private static async Task<bool> TryAsync(Uri address)
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
