using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Tests.Targets;

[Category("Unit")]
public sealed class SlotTableTests
{
    private static readonly RevisionId Old = new("shop", "1.0.0", 1);
    private static readonly RevisionId New = new("shop", "1.1.0", 1);
    private static readonly RevisionId Third = new("shop", "1.2.0", 1);

    [TestCase(1, 2, 33, 67)]
    [TestCase(2, 1, 67, 33)]
    [TestCase(1, 1, 50, 50)]
    [TestCase(1, 7, 13, 87, Description = "12.5 and 87.5: of equal remainders the first slot's is rounded up")]
    [TestCase(1, 249, 0, 100)]
    public void Traffic_TwoRevisions_FollowsTheirSlots(int first, int second, int firstShare, int secondShare)
    {
        SlotTable slots = SlotTable.Empty.With(Names(1, first), Old).With(Names(first + 1, second), New);

        slots.Traffic.ShareOf(Old).Should().Be(firstShare);
        slots.Traffic.ShareOf(New).Should().Be(secondShare);
    }

    [Test]
    public void Traffic_ThreeEqual_AddsUpTo100() =>
        SlotTable.Empty.With(["1"], Old).With(["2"], New).With(["3"], Third).Traffic.Shares.Select(share => share.Value).Should().Equal(34, 33, 33);

    [Test]
    public void Traffic_NoSlot_IsNone() => SlotTable.Empty.Traffic.IsEmpty.Should().BeTrue();

    [Test]
    public void ToString_ManySlots_CountsAndIsReadAgain()
    {
        SlotTable slots = SlotTable.Empty.With(["10", "2", "a", "1"], Old).With(["2"], New);

        slots.ToString().Should().Be("1=shop_1.0.0_1,2=shop_1.1.0_1,10=shop_1.0.0_1,a=shop_1.0.0_1");
        SlotTable.Parse(slots.ToString()).Should().Be(slots);
        SlotTable.Parse("none").Should().Be(SlotTable.Empty);
        SlotTable.Parse("1=2=3").Should().BeNull();
        SlotTable.Parse("what").Should().BeNull();
    }

    [Test]
    public void IsBetween_EachStateOfAReplacement_AndNoOther()
    {
        SlotTable before = SlotTable.Empty.With(["1", "2", "3"], Old);
        SlotTable after = before.With(["1", "2"], New);

        before.IsBetween(before, after).Should().BeTrue();
        after.IsBetween(before, after).Should().BeTrue();
        before.Without(["1", "2"]).IsBetween(before, after).Should().BeTrue();
        before.With(["2"], New).Without(["1"]).IsBetween(before, after).Should().BeTrue();
        before.Without(["3"]).IsBetween(before, after).Should().BeFalse("that slot isn't replaced");
        before.With(["1"], Third).IsBetween(before, after).Should().BeFalse("nobody brings that");
        before.With(["4"], New).IsBetween(before, after).Should().BeFalse("that slot isn't there");
    }

    [Test]
    public void New_SameSlotTwice_IsRefused() =>
        FluentActions.Invoking(() => new SlotTable([KeyValuePair.Create("1", Old), KeyValuePair.Create("1", New)])).Should().Throw<DeploymentException>().WithMessage("The slot 1 is named twice.");

    private static string[] Names(int first, int count) => [.. Enumerable.Range(first, count).Select(number => $"{number}")];
}
