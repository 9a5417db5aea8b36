using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda;

[Category("Unit")]
public sealed class NamesTests
{
    [Test]
    public void VersionName_Text_ReadsBack()
    {
        var name = new VersionName(new RevisionId("shop", "2.4.0-rc.1+build.7", 3), "live.eu", long.MaxValue);
        VersionName.TryParse(name.ToString(), out VersionName? read).Should().BeTrue();
        read.Should().Be(name);
        VersionName.TryParse("shop_2.4.0_1 on live", out VersionName? byHand).Should().BeTrue();
        byHand!.Epoch.Should().Be(0);
        VersionName.Problem(new RevisionId(new string('a', 63), "1.0.0-" + new string('b', 122), int.MaxValue), new string('t', 63)).Should().Contain("too long");
        VersionName.Problem(name.Revision, name.Target).Should().BeNull();
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("The shop.")]
    [TestCase("shop_2.4.0_1")]
    [TestCase("shop_2.4.0_1 on live, epoch -1")]
    [TestCase("shop_2.4.0_1 on live, epoch 99999999999999999999")]
    [TestCase("shop_2.4.0_1 on live, epoch 9999999999999999999")]
    [TestCase("shop_2.4.0_1 on live\n")]
    [TestCase("shop_2.4_1 on live")]
    public void VersionName_OtherTexts_AreNobodys(string? text) => VersionName.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void AliasMark_StandsBehindAPersonsWords()
    {
        AliasMark mark = AliasMark.Parse("What the page calls.") with { Epoch = 7 };
        mark.ToString().Should().Be("What the page calls. [deployment epoch 7]");
        mark = AliasMark.Parse(mark.ToString()).WithEnded(3).WithEnded(5).WithEnded(3);
        mark.ToString().Should().Be("What the page calls. [deployment epoch 7, ended 5 3]");
        AliasMark.Parse(mark.ToString()).Should().Be(mark);
        AliasMark.Parse(mark.ToString()).Without([5]).Ended.Should().Equal(3);
        AliasMark.Parse(null).Should().Be(AliasMark.None);
    }

    [Test]
    public void AliasMark_TooManyThatEnded_ForgetsTheOldest()
    {
        AliasMark mark = AliasMark.None with { Words = new string('w', 150) };
        for (int version = 1000; version < 1060; version++)
        {
            mark = mark.WithEnded(version);
        }

        mark.ToString().Length.Should().BeLessThanOrEqualTo(256);
        AliasMark.Parse(mark.ToString()).Ended[^1].Should().Be(1059);
    }

    [TestCase("[deployment epoch 99999999999999999999]")]
    [TestCase("[deployment epoch 9999999999999999999]")]
    [TestCase("[deployment epoch 7, ended 9999999999]")]
    [TestCase("[deployment epoch 7] and more")]
    public void AliasMark_OtherTexts_AreWords(string text) => AliasMark.Parse(text).Should().Be(AliasMark.None with { Words = text });
}
