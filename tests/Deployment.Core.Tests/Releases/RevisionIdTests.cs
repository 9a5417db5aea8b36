using Deployment.Releases;

namespace Deployment.Tests.Releases;

[Category("Unit")]
public sealed class RevisionIdTests
{
    [TestCase("shop_2.4.0_1")]
    [TestCase("shop.web_2.4.0-rc.1+sha.5114f85_12")]
    [TestCase("shop_2.4.0_baseline_3")]
    public void Parse_TextForm_ReadsBackTheSame(string text) => RevisionId.Parse(text).ToString().Should().Be(text);

    [TestCase("")]
    [TestCase("shop_2.4.0")]
    [TestCase("shop_2.4.0_0")]
    [TestCase("shop_2.4.0_-1")]
    [TestCase("shop_2.4_1")]
    [TestCase("../shop_2.4.0_1")]
    [TestCase("shop_2.4.0_canary_1")]
    [TestCase("shop_2.4.0_1\n")]
    public void Parse_SomethingElse_IsRefused(string text) =>
        FluentActions.Invoking(() => RevisionId.Parse(text)).Should().Throw<DeploymentException>().WithMessage("*is not a revision id*");
}
