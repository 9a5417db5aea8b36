using System.Runtime.InteropServices;
using System.Text;

namespace Deployment.Commands;

/// <summary>A list of texts in the form that C takes: UTF-8, each ended by NUL, the list by a null pointer.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly int _count;

    /// <param name="what">What each text is, for the message when one can't be passed.</param>
    /// <param name="texts">The texts.</param>
    internal NativeStrings(string what, IReadOnlyCollection<string> texts)
    {
        byte[][] encoded = [.. texts.Select(text => Encode(what, text))];
        _count = encoded.Length;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)encoded[i].Length + 1);
            encoded[i].CopyTo(new Span<byte>(Pointer[i], encoded[i].Length));
        }
    }

    internal byte** Pointer { get; private set; }

    public void Dispose()
    {
        if (Pointer is null)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            NativeMemory.Free(Pointer[i]);
        }

        NativeMemory.Free(Pointer);
        Pointer = null;
    }

    private static byte[] Encode(string what, string text)
    {
        if (text is null || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new DeploymentException($"{what} is null or has a NUL character in it, which no operating system can pass.");
        }

        try
        {
            return _strict.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            // The text itself stays out of the message: it may be a secret variable.
            // Passing it on with replacement characters would run another command than the one that was approved.
            throw new DeploymentException($"{what} isn't valid Unicode at character {exception.Index}.", exception);
        }
    }
}
