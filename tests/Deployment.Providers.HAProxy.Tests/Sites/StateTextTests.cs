using System.Collections.Immutable;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Sites;

[Category("Unit")]
public sealed class StateTextTests
{
    private static readonly SiteState _state = new()
    {
        Generation = 12,
        Lanes =
        [
            new LaneEntry { Number = 1, Revision = new RevisionId("shop", "1.0.0", 1), Weight = null, Since = 3, Places = [new Place(1, new RoutedInstance("a", "web.example.com", 80), "10.0.0.1")] },
            new LaneEntry { Number = 2, Revision = new RevisionId("shop", "1.1.0-rc.1+5", 2, RevisionRole.Baseline), Weight = 7, Since = 11, Places = [new Place(30, new RoutedInstance("1", "::1", 65535), "::1")] },
        ],
        Split = [new Stretch(0, 9999, 2)],
        Preview = 2,
        Page = new PageEntry(30, [.. Enumerable.Range(0, 20_000).Select(number => (byte)number)]),
        Epochs = ImmutableSortedDictionary<string, long>.Empty.Add("shop", 99),
    };

    [Test]
    public void Read_WhatWasWritten_IsTheSame()
    {
        IReadOnlyList<string> lines = StateText.Write("sh-op", _state);

        SiteState read = StateText.Read("sh-op", lines, "here");

        StateText.Write("sh-op", read).Should().Equal(lines);
        read.Table.Should().Be(_state.Table);
        read.Page.Should().Be(_state.Page);
        read.Epochs.Should().Equal(_state.Epochs);
        read.IsWhole.Should().BeTrue();
        lines.Should().OnlyContain(line => line.Length < 13_000).And.NotContain(line => line.Contains('\n'));
    }

    [TestCase("x y")]
    [TestCase("1000001")]
    [TestCase("1000001 shop_1.0.0_1")]
    [TestCase("1000001 shop 1 1 1=1,h,10.0.0.1,80")]
    [TestCase("1000001 shop_1.0.0_1 -5 1 1=1,h,10.0.0.1,80")]
    [TestCase("1000001 shop_1.0.0_1 5 1 1=1,h,not-an-ip,80")]
    [TestCase("1000001 shop_1.0.0_1 5 1 1=1,h,10.0.0.1,80000")]
    [TestCase("1000001 shop_1.0.0_1 5 1 1=1,h,10.0.0.1,80 2=1,h,10.0.0.2,80")]
    [TestCase("0:99999 shop-1")]
    [TestCase("9:1 shop-1")]
    [TestCase("0:9 mail-1")]
    [TestCase("0:99999999999999999999 shop-1")]
    [TestCase("4000000 5 2")]
    [TestCase("4000000 -1 2")]
    [TestCase("3000001 shop")]
    [TestCase("3000000 1\n3000000 2")]
    public void Read_Nonsense_IsRefusedWithWhereItIs(string line) =>
        FluentActions.Invoking(() => StateText.Read("shop", line.Split('\n'), "in HAProxy")).Should().Throw<DeploymentException>().WithMessage("*shop follows can't be read in HAProxy*");
}
