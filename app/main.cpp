#include "app/run_program.h"

int main(int argc, char** argv) {
    return residuum::runProgram(argc, argv, residuum::questions());
}
