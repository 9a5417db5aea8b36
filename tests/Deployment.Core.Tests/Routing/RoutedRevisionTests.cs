using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Tests.Routing;

[Category("Unit")]
public sealed class RoutedRevisionTests
{
    private static readonly RevisionId Revision = RevisionId.Parse("shop_1.1.0_1");
    private static readonly RoutedInstance Instance = new("1", "127.0.0.1", 20000);

    [TestCase(0)]
    [TestCase(10_000)]
    public void Create_WeightWithinItsRange_IsTaken(int weight) => new RoutedRevision(Revision, weight, [Instance]).Weight.Should().Be(weight);

    [TestCase(-1)]
    [TestCase(10_001)]
    public void Create_WeightOutsideItsRange_IsRefused(int weight) =>
        FluentActions.Invoking(() => new RoutedRevision(Revision, weight, [Instance])).Should().Throw<DeploymentException>().WithMessage($"*weight {weight}: take 0 to 10000.");

    [Test]
    public void Equals_AnythingIsOtherwise_IsAnother()
    {
        var routed = new RoutedRevision(Revision, 10, [Instance]);

        routed.Should().Be(new RoutedRevision(Revision, 10, [Instance]));
        routed.Should().NotBe(new RoutedRevision(RevisionId.Parse("shop_1.1.0_2"), 10, [Instance]));
        routed.Should().NotBe(new RoutedRevision(Revision, 11, [Instance]));
        routed.Should().NotBe(new RoutedRevision(Revision, 10, [Instance with { Port = 20001 }]));
    }
}
