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
        mark = AliasMark.Parse(mark.ToString()) with { Known = 9, Standing = [5, 9] };
        mark.ToString().Should().Be("What the page calls. [deployment epoch 7, up to 9 standing 5 9]");
        AliasMark.Parse(mark.ToString()).Should().Be(mark);
        AliasMark.Parse((mark with { Standing = [] }).ToString()).Should().Be(mark with { Standing = [] });
        AliasMark.Parse(null).Should().Be(AliasMark.None);
    }

    [Test]
    public void AliasMark_WhatDoesNotFit_IsRefusedAndNothingForgotten()
    {
        AliasMark longest = AliasMark.None with { Words = new string('w', 120), Epoch = long.MaxValue, Known = 999_999_999, Standing = [.. Enumerable.Range(999_999_990, 6)] };
        longest.Problem("live").Should().BeNull();
        longest.ToString().Length.Should().BeLessThanOrEqualTo(256);
        AliasMark.Parse(longest.ToString()).Should().Be(longest);
        (longest with { Words = new string('w', 121) }).Problem("live").Should().Contain("Shorten it to 120");
        (longest with { Standing = [.. Enumerable.Range(999_999_980, 20)] }).Problem("live").Should().Contain("20 versions stand");
    }

    [TestCase("[deployment epoch 99999999999999999999]")]
    [TestCase("[deployment epoch 9999999999999999999]")]
    [TestCase("[deployment epoch 7, up to 9999999999 standing 1]")]
    [TestCase("[deployment epoch 7, up to 9 standing 9999999999]")]
    [TestCase("[deployment epoch 7] and more")]
    public void AliasMark_OtherTexts_AreWords(string text) => AliasMark.Parse(text).Should().Be(AliasMark.None with { Words = text });
}
