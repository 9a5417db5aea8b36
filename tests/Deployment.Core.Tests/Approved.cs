using System.Runtime.CompilerServices;

namespace Deployment.Tests;

/// <summary>Compares a text with the approved one beside the test. A difference writes what was received, to be looked at and renamed.</summary>
internal static class Approved
{
    internal static void Verify(string name, string received, [CallerFilePath] string test = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(test)!, "Approved");
        string approvedPath = Path.Combine(folder, name + ".approved.txt");
        string receivedPath = Path.Combine(folder, name + ".received.txt");
        string text = received.ReplaceLineEndings("\n").TrimEnd() + "\n";
        string approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath) : "";
        if (text == approved)
        {
            File.Delete(receivedPath);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(receivedPath, text);
        text.Should().Be(approved, $"that is what {name}.approved.txt says; look at {name}.received.txt, and rename it if it is right");
    }
}
