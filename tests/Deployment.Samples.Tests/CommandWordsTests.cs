using QuickStart.Options;

namespace Deployment.Samples.Tests;

[Category("Unit")]
public sealed class CommandWordsTests
{
    [TestCase("node hello.js {port}", "node|hello.js|{port}")]
    [TestCase("  a\t b ", "a|b")]
    [TestCase("a 'b c' \"d e\"", "a|b c|d e")]
    [TestCase("a'b'\"c\"", "abc")]
    [TestCase("a \"say \\\"hi\\\" \\n\" '\\' \\ b", "a|say \"hi\" \\n|\\| b")]
    [TestCase("a ''", "a|")]
    [TestCase("a $HOME `b` > c", "a|$HOME|`b`|>|c")]
    public void Split_Command_IsWordsAndNothingIsExpanded(string command, string words) =>
        string.Join('|', CommandWords.Split(command)).Should().Be(words);

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("''")]
    [TestCase("a 'b")]
    [TestCase("a \"b")]
    public void Split_NoCommand_IsRefused(string command) =>
        FluentActions.Invoking(() => CommandWords.Split(command)).Should().Throw<OptionsException>();
}
