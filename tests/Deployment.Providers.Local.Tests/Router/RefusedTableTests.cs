using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class RefusedTableTests : RouterFixture
{
    private static readonly RouterSettings Narrow = new() { MaxRequestLineBytes = 300, MaxHeaderBytes = 2000 };

    [Test]
    public async Task OlderGeneration_IsRefusedAndItsSettingsToo()
    {
        RawUpstream upstream = await AnsweringAsync();
        await SwitchAsync(Table(5, upstream.Port));

        await RefusedAsync(Table(4, upstream.Port, Narrow));
    }

    [Test]
    public async Task OlderEpoch_IsRefusedAndItsSettingsToo()
    {
        RawUpstream upstream = await AnsweringAsync();
        await SwitchAsync(Table(2, upstream.Port) with { Epoch = 7 });

        await RefusedAsync(Table(3, upstream.Port, Narrow) with { Epoch = 6 });
    }

    [Test]
    public async Task NeighbourThatOverlaps_IsRefusedAndItsSettingsToo()
    {
        RawUpstream upstream = await AnsweringAsync();

        await RefusedAsync(Table(1, upstream.Port, Narrow) with { Target = "other" });
    }

    [Test]
    public async Task SharesThatAreNone_AreRefusedAndTheSettingsToo()
    {
        RawUpstream upstream = await AnsweringAsync();
        RouteTable table = Table(2, upstream.Port, Narrow);

        await RefusedAsync(table with { Revisions = table.Revisions.SetItem(First, new RouteEntry(90, [upstream.Port])) });
    }

    // The control: a table that is taken changes them.
    [Test]
    public async Task NewerTable_SettingsCount()
    {
        RawUpstream upstream = await AnsweringAsync();

        await SwitchAsync(Table(2, upstream.Port, Narrow));

        (await LongLineAsync()).Should().Be(414);
    }

    private async Task<RawUpstream> AnsweringAsync()
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        await StartAsync(upstream.Port);
        return upstream;
    }

    private async Task RefusedAsync(RouteTable table)
    {
        await FluentActions.Awaiting(() => SwitchAsync(table)).Should().ThrowAsync<DeploymentException>();

        (await LongLineAsync()).Should().Be(200, "nothing of a refused table counts");
    }

    private async Task<int> LongLineAsync()
    {
        using RawClient client = await ConnectAsync();
        return (await client.GetAsync("/" + new string('x', 400))).Status;
    }
}
