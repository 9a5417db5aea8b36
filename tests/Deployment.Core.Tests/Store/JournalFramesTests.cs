using System.Security.Cryptography;
using System.Text;
using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class JournalFramesTests
{
    private static readonly string Previous = new('a', JournalFrames.HashLength);

    [Test]
    public void Create_AnyLength_HashesPreviousAndJson([Values(0, 2, 959, 960, 961, 5000)] int length)
    {
        byte[] json = Encoding.ASCII.GetBytes(new string('7', length));

        JournalFrame frame = JournalFrames.Create(Previous, json);

        string head = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(Previous), .. json]));
        frame.Head.Should().Be(head);
        Encoding.ASCII.GetString(frame.Line.Span).Should().Be($"{head} {Previous} {new string('7', length)}\n");
    }

    [Test]
    public void Read_AnyByteChanged_IsNoFrame([Values(2, 960, 961)] int length)
    {
        JournalFrame frame = JournalFrames.Create(Previous, Encoding.ASCII.GetBytes(new string('7', length)));
        JournalFrames.Read(frame.Line).Should().BeEquivalentTo(frame, options => options.Excluding(read => read.Line));

        for (int i = 0; i < frame.Line.Length; i++)
        {
            byte[] changed = frame.Line.ToArray();
            changed[i] ^= 1;
            JournalFrames.Read(changed).Should().BeNull($"byte {i} was changed");
        }
    }
}
