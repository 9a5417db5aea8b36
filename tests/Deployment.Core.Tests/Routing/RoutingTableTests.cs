using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Tests.Routing;

[Category("Unit")]
public sealed class RoutingTableTests
{
    private static readonly RevisionId Old = RevisionId.Parse("shop_1.0.0_1");
    private static readonly RevisionId New = RevisionId.Parse("shop_1.1.0_1");

    [Test]
    public void Traffic_ByWeights_AddsUpTo100()
    {
        var table = new RoutingTable([Routed(Old, 2, "1", "2"), Routed(New, 1, "3")]);
        table.Traffic.ToString().Should().Be("shop_1.0.0_1=67,shop_1.1.0_1=33");
        table.Slots.ToString().Should().Be("1=shop_1.0.0_1,2=shop_1.0.0_1,3=shop_1.1.0_1");
    }

    [Test]
    public void Traffic_TheSmallerShareHasTheLargerRemainder_IsRoundedUp() =>
        new RoutingTable([Routed(Old, 5, "1"), Routed(New, 2, "2")]).Traffic.ToString().Should().Be("shop_1.0.0_1=71,shop_1.1.0_1=29");

    [Test]
    public void Traffic_OnlyTestersReachIt_IsNone()
    {
        var table = new RoutingTable([Routed(New, 0, "1")]);
        table.Traffic.Should().Be(TrafficSplit.None);
        table.Slots.Should().Be(SlotTable.Empty);
    }

    [Test]
    public void Slots_OtherWeightsThanInstances_AreNone()
    {
        new RoutingTable([Routed(Old, 1, "1"), Routed(New, 3, "2")]).Slots.Should().Be(SlotTable.Empty, "one of them has as many instances, and the other hasn't");
        new RoutingTable([Routed(Old, 90, "1", "2"), Routed(New, 10, "1")]).Slots.Should().Be(SlotTable.Empty);
        new RoutingTable([Routed(Old, 1, "1"), Routed(New, 1, "1")]).Slots.Should().Be(SlotTable.Empty);
        new RoutingTable([Routed(Old, 100, "1", "2"), Routed(New, 0, "3")]).Slots.ToString().Should().Be("1=shop_1.0.0_1,2=shop_1.0.0_1");
    }

    [Test]
    public void Equals_SameInAnotherOrder_IsTheSame()
    {
        new RoutingTable([Routed(New, 10, "1"), Routed(Old, 90, "2")]).Should().Be(new RoutingTable([Routed(Old, 90, "2"), Routed(New, 10, "1")]));
        new RoutingTable([Routed(Old, 90, "2")]).Should().NotBe(new RoutingTable([Routed(Old, 90, "3")]));
        new RoutingTable([Routed(Old, 90, "2")]).Should().NotBe(new RoutingTable([Routed(Old, 90, "2")], Old));
    }

    // Messages say what a router follows.
    [Test]
    public void ToString_NoRevisions_SaysSo() => RoutingTable.Empty.ToString().Should().Be("nothing");

    [Test]
    public void Create_WhatNoRouterCanFollow_IsRefused()
    {
        FluentActions.Invoking(() => new RoutingTable([Routed(Old, 1, "1"), Routed(Old, 1, "2")])).Should().Throw<DeploymentException>().WithMessage("*twice*");
        FluentActions.Invoking(() => new RoutingTable([Routed(Old, 1, "1"), Routed(RevisionId.Parse("api_1.0.0_1"), 1, "2")])).Should().Throw<DeploymentException>().WithMessage("*one application*");
        FluentActions.Invoking(() => new RoutingTable([Routed(Old, 1, "1")], New)).Should().Throw<DeploymentException>().WithMessage("*to preview*");
        FluentActions.Invoking(() => new RoutedRevision(Old, -1, [])).Should().Throw<DeploymentException>().WithMessage("*weight*");
        FluentActions.Invoking(() => new RoutedRevision(Old, 1, [])).Should().Throw<DeploymentException>().WithMessage("*no instance*");
    }

    [Test]
    public void Create_SlotTwiceInARevision_IsRefused()
    {
        FluentActions.Invoking(() => Routed(Old, 1, "1", "2", "1")).Should().Throw<DeploymentException>().WithMessage("shop_1.0.0_1 *two instances in the slot '1'*");
        FluentActions.Invoking(() => Routed(Old, 1, "a", "A")).Should().NotThrow("they are two names");
        FluentActions.Invoking(() => new RoutingTable([Routed(Old, 1, "1"), Routed(New, 1, "1")])).Should().NotThrow("each revision has slots of its own");
    }

    private static RoutedRevision Routed(RevisionId revision, int weight, params string[] slots) =>
        new(revision, weight, slots.Select(slot => new RoutedInstance(slot, "127.0.0.1", 20000)));
}
